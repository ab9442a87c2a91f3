import { describe, expect, it } from 'vitest';
import { checkConfig, tlsFiles } from '../../../src/core/checker/config.ts';

const places = (raw: unknown) => checkConfig(raw).problems.map(({ place }) => place);
const valid = (raw: unknown) => {
  const { config, problems } = checkConfig(raw);
  expect(problems).toEqual([]);
  if (config === undefined) throw new Error('no configuration');
  return config;
};

describe('configuration of the checker', () => {
  it('an empty file is right: 127.0.0.1, 250 ms, no TLS, nothing pushed [R-130]', () => {
    const config = valid({});
    expect(config.listen_addr).toEqual({ host: '127.0.0.1', port: 50110 });
    expect(config).toMatchObject({ sample_interval: 250, slow_interval: 5000, history: 300_000, semconv: 'current' });
    expect(config.otlp).toBeUndefined();
    expect(config.prometheus).toBeUndefined();
  });

  it('the documented file of an mtls service is right [R-129]', () => {
    const { security } = valid({
      listen_addr: '0.0.0.0:50110',
      sample_interval: '250ms',
      security: {
        mode: 'mtls',
        cert_dir: '/etc/certs',
        server_name: 'x',
        role: 'checker',
        tls: {
          cert_file: 'server.pem',
          key_file: '/keys/key.pem',
          ca_file: 'ca.pem',
          client_ca_file: 'clients.pem',
        },
      },
    });
    expect(tlsFiles(security)).toEqual({
      certFile: '/etc/certs/server.pem',
      keyFile: '/keys/key.pem',
      caFile: '/etc/certs/ca.pem',
      clientCaFile: '/etc/certs/clients.pem',
    });
    expect(tlsFiles(valid({ security: { mode: 'mtls', cert_dir: '/c' } }).security)).toEqual({
      certFile: '/c/server.pem',
      keyFile: '/c/server-key.pem',
      caFile: '/c/ca.pem',
      clientCaFile: '/c/ca.pem',
    });
  });

  it.each([
    ['49ms', false],
    ['50ms', true],
    ['0.2s', true],
    ['5s', true],
    ['5001ms', false],
    ['250', false],
    ['', false],
    ['-1s', false],
    ['250 apples', false],
  ])('sample_interval %s: %s [R-130]', (text, right) => {
    expect(places({ sample_interval: text })).toEqual(right ? [] : ['sample_interval']);
  });

  it.each([
    ['127.0.0.1:1', true],
    ['[::1]:50110', true],
    ['localhost:0', true],
    ['127.0.0.1', false],
    ['127.0.0.1:65536', false],
    ['::1:50110', false],
    ['[::1]', false],
  ])('listen_addr %s: %s', (text, right) => {
    expect(places({ listen_addr: text })).toEqual(right ? [] : ['listen_addr']);
  });

  it('spiffe is refused by its name, also with all its keys [R-129]', () => {
    const { problems } = checkConfig({
      security: { mode: 'spiffe', trust_domain: 'd', server_spiffe_id: 's', workload_socket: 'w' },
    });
    expect(problems).toEqual([
      { place: 'security.mode', message: expect.stringContaining('"spiffe" is not supported') },
    ]);
  });

  it('none is refused where others reach it, unless the file says so', () => {
    for (const host of ['0.0.0.0', '10.0.2.15', '[::]', '', 'guest.example'])
      expect(places({ listen_addr: `${host}:50110` })).toEqual(['listen_addr']);
    for (const host of ['127.0.0.1', '127.9.9.9', '[::1]', 'localhost']) valid({ listen_addr: `${host}:50110` });
    valid({ listen_addr: '0.0.0.0:50110', insecure: true });
    expect(places({ prometheus: { listen_addr: '0.0.0.0:9464' } })).toEqual(['prometheus.listen_addr']);
    valid({ prometheus: { listen_addr: '0.0.0.0:9464' }, insecure: true });
  });

  it('mtls without files is refused', () => {
    expect(places({ security: { mode: 'mtls' } })).toEqual(['security']);
    expect(places({ security: { mode: 'mtls', tls: { cert_file: 'c' } } })).toEqual([
      'security.tls.key_file',
      'security.tls.ca_file',
    ]);
  });

  it('a key that is not known is refused at its place, each of several', () => {
    expect(
      places({ sample_intervall: '1s', otlp: { endpoint: 'http://c:4317', queue: 3, gzip: true } }).sort(),
    ).toEqual(['otlp.gzip', 'otlp.queue', 'sample_intervall']);
    expect(checkConfig({ colectors: {} }).problems[0]?.message).toContain('not a key that is known');
    expect(places({ collectors: { gpu: true } })).toEqual(['collectors.gpu']);
  });

  it.each([
    [null, 'the file'],
    [[], 'the file'],
    ['text', 'the file'],
    [{ otlp: {} }, 'otlp.endpoint'],
    [{ otlp: { endpoint: 'collector:4317' } }, 'otlp.endpoint'],
    [{ otlp: { endpoint: 'ftp://collector' } }, 'otlp.endpoint'],
    [{ otlp: { endpoint: 'http://c:4318', protocol: 'http/json' } }, 'otlp.protocol'],
    [{ otlp: { endpoint: 'http://c:4318', queue_size: 0 } }, 'otlp.queue_size'],
    [{ semconv: 'old' }, 'semconv'],
    [{ process_count: -1 }, 'process_count'],
    [{ vm: { id: '1' } }, 'vm.name'],
    [{ resource: { a: [1] } }, 'resource.a'],
    [{ collectors: { cpu: 'no' } }, 'collectors.cpu'],
  ])('%j is refused at %s', (raw, place) => {
    expect(places(raw)).toEqual([place]);
  });
});
