import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/core/checker/config.ts';
import { withEnvironment } from '../../../src/core/checker/environment.ts';

const configWith = (env: Readonly<Record<string, string>>, file: unknown = {}) => {
  const { config, problems } = checkConfig(withEnvironment(file, env));
  if (config === undefined) throw new Error(JSON.stringify(problems));
  return config;
};
const placesWith = (env: Readonly<Record<string, string>>, file: unknown = {}) =>
  checkConfig(withEnvironment(file, env)).problems.map(({ place }) => place);

describe('environment over the file', () => {
  it('own variables change their keys [R-71]', () => {
    const env = {
      SYSMON_VM_LISTEN_ADDR: '127.0.0.2:1234',
      SYSMON_VM_SAMPLE_INTERVAL: '1s',
      SYSMON_VM_SLOW_INTERVAL: '10s',
      SYSMON_VM_SEMCONV: 'both',
      SYSMON_VM_AGENT_ID: 'agent-7',
    };
    expect(configWith(env, { sample_interval: '2s', agent_id: 'file' })).toMatchObject({
      listen_addr: { host: '127.0.0.2', port: 1234 },
      sample_interval: 1000,
      slow_interval: 10_000,
      semconv: 'both',
      agent_id: 'agent-7',
    });
  });

  it('an empty variable says nothing', () => {
    const env = { SYSMON_VM_AGENT_ID: '', SYSMON_VM_COLLECTORS: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' };
    const config = configWith(env, { agent_id: 'file' });
    expect(config.agent_id).toBe('file');
    expect(config.collectors.disks).toBe(true);
    expect(config.otlp).toBeUndefined();
  });

  it('SYSMON_VM_COLLECTORS names all that run, and a wrong name is refused [R-71]', () => {
    const { collectors } = configWith({ SYSMON_VM_COLLECTORS: 'cpu, memory' }, { collectors: { cpu: false } });
    expect(Object.entries(collectors).flatMap(([name, on]) => (on ? [name] : []))).toEqual(['cpu', 'memory']);
    expect(placesWith({ SYSMON_VM_COLLECTORS: 'cpu,gpu' })).toEqual(['collectors.gpu']);
  });

  it('a wrong value is refused at the place of its key', () => {
    expect(placesWith({ SYSMON_VM_SAMPLE_INTERVAL: '1ms' })).toEqual(['sample_interval']);
    expect(placesWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' })).toEqual(['otlp.endpoint']);
  });
});

describe("OpenTelemetry's variables", () => {
  const all = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const own = 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT';
  const http = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' };

  it('an endpoint turns the push on', () => {
    expect(configWith({ [all]: 'http://collector:4317' }).otlp).toMatchObject({
      endpoint: 'http://collector:4317',
      protocol: 'grpc',
      interval: 10_000,
    });
    expect(configWith({ OTEL_METRIC_EXPORT_INTERVAL: '500' }).otlp).toBeUndefined();
  });

  it('that of all signals has /v1/metrics below it over HTTP, that of metrics is taken as it is', () => {
    expect(configWith({ ...http, [all]: 'http://c:4318' }).otlp?.endpoint).toBe('http://c:4318/v1/metrics');
    expect(configWith({ ...http, [all]: 'http://c:4318/base/' }).otlp?.endpoint).toBe('http://c:4318/base/v1/metrics');
    expect(configWith({ ...http, [all]: 'http://x', [own]: 'http://c:9/mine' }).otlp?.endpoint).toBe('http://c:9/mine');
  });

  it('interval, timeout, headers, certificate; what is for metrics comes first', () => {
    const { otlp } = configWith(
      {
        OTEL_METRIC_EXPORT_INTERVAL: '500',
        OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
        OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '2000',
        OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b,=nothing,odd',
        OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
      },
      { otlp: { endpoint: 'http://c:4317', headers: { tenant: 't' } } },
    );
    expect(otlp).toMatchObject({
      endpoint: 'http://c:4317',
      interval: 500,
      timeout: 2000,
      headers: { tenant: 't', 'api-key': 'a b' },
      ca_file: '/ca.pem',
    });
  });

  it('resource attributes and the name of the service [R-80]', () => {
    const env = {
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=ci,cluster=a%2Cb,service.name=other,bad=%zz',
      OTEL_SERVICE_NAME: 'mine',
    };
    expect(configWith(env, { resource: { cluster: 'file', kept: 1 } }).resource).toEqual({
      'deployment.environment.name': 'ci',
      cluster: 'a,b',
      'service.name': 'mine',
      bad: '%zz',
      kept: 1,
    });
  });

  it('what is no object stays what it is, for the schema to refuse', () => {
    expect(withEnvironment([1], { SYSMON_VM_AGENT_ID: 'a' })).toEqual([1]);
  });
});
