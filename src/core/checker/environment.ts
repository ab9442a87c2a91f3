/**
 * What the environment changes in the file: our own variables, and OpenTelemetry's as every exporter knows them.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
type Environment = Readonly<Record<string, string | undefined>>;
type Json = Readonly<Record<string, unknown>>;

const collectors = ['frequency', 'perf', 'cpu', 'memory', 'disks', 'network', 'processes', 'containers'];

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** `a=1,b=2` with percent-encoded values. What has no name is passed over, as the specification asks. */
function pairs(text: string): Readonly<Record<string, string>> {
  const found = text.split(',').flatMap((pair) => {
    const [name = '', ...rest] = pair.split('=');
    return name.trim() === '' || rest.length === 0 ? [] : [[name.trim(), decode(rest.join('=').trim())] as const];
  });
  return Object.fromEntries(found);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param file the parsed JSON of the configuration. */
export function withEnvironment(file: unknown, env: Environment): unknown {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) return file;
  const own = {
    listen_addr: env['SYSMON_VM_LISTEN_ADDR'],
    sample_interval: env['SYSMON_VM_SAMPLE_INTERVAL'],
    slow_interval: env['SYSMON_VM_SLOW_INTERVAL'],
    semconv: env['SYSMON_VM_SEMCONV'],
    agent_id: env['SYSMON_VM_AGENT_ID'],
  };
  const set = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined && value !== ''));
  const { collectors: chosen, otlp, resource } = file as Json;
  return {
    ...file,
    ...set,
    ...defined('collectors', collectorsOf(chosen, env)),
    ...defined('otlp', otlpOf(otlp, env)),
    ...defined('resource', resourceOf(resource, env)),
  };
}

const defined = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });

/** `SYSMON_VM_COLLECTORS=cpu,memory` are all that run; a name that is not known is left for the schema to refuse. */
function collectorsOf(file: unknown, env: Environment): unknown {
  const text = env['SYSMON_VM_COLLECTORS'];
  if (text === undefined || text === '') return file;
  const wanted = text.split(',').map((name) => name.trim());
  return Object.fromEntries([...new Set([...collectors, ...wanted])].map((name) => [name, wanted.includes(name)]));
}

function otlpOf(file: unknown, env: Environment): unknown {
  const of = (name: string) => env[`OTEL_EXPORTER_OTLP_METRICS_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`];
  const known = object(file);
  const protocol = of('PROTOCOL') || known['protocol'];
  const endpoint = endpointOf(protocol, env);
  if (file === undefined && endpoint === undefined) return undefined;
  const [interval, timeout] = [env['OTEL_METRIC_EXPORT_INTERVAL'], of('TIMEOUT')];
  const headers = of('HEADERS');
  const certificate = of('CERTIFICATE');
  return {
    ...known,
    ...defined('endpoint', endpoint ?? known['endpoint']),
    ...defined('protocol', protocol),
    ...(interval ? { interval: `${interval}ms` } : {}),
    ...(timeout ? { timeout: `${timeout}ms` } : {}),
    ...(headers ? { headers: { ...object(known['headers']), ...pairs(headers) } } : {}),
    ...(certificate ? { ca_file: certificate } : {}),
  };
}

/** The variable of all signals names what `/v1/metrics` is below; that of metrics is taken as it is. */
function endpointOf(protocol: unknown, env: Environment): string | undefined {
  const own = env['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'];
  const all = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (own) return own;
  if (!all) return undefined;
  return protocol === 'http/protobuf' ? `${all.replace(/\/+$/, '')}/v1/metrics` : all;
}

function resourceOf(file: unknown, env: Environment): unknown {
  const attributes = pairs(env['OTEL_RESOURCE_ATTRIBUTES'] ?? '');
  const name = env['OTEL_SERVICE_NAME'];
  const found = { ...attributes, ...(name ? { 'service.name': name } : {}) };
  return Object.keys(found).length === 0 ? file : { ...object(file), ...found };
}
