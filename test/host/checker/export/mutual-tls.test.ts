import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type SecureVersion } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createAnswers } from '../../../../src/checker/export/answers.ts';
import { type GrpcService, serveGrpc } from '../../../../src/checker/export/grpc-service.ts';
import { tlsProblems } from '../../../../src/checker/export/tls-problems.ts';
import { makeCertificates } from '../../../support/checker-certificates.ts';
import { manualSampler } from '../../../support/manual-sampler.ts';
import { pythonClient } from '../../../support/python-line-program.ts';

const identity = { hostId: 'machine', hostname: 'guest', hostIp: '192.0.2.10', agentId: '' };
const open: GrpcService[] = [];

afterEach(async () => {
  for (const service of open.splice(0)) await service.close();
});

async function serveTls() {
  const { folder, at } = await makeCertificates();
  const sampler = manualSampler();
  sampler.take(2);
  const security = { mode: 'mtls', cert_dir: folder } as const;
  const config = { listen_addr: { host: '127.0.0.1', port: 0 }, security, agent_id: '' };
  const service = await serveGrpc(config, createAnswers(sampler, identity, 'run'));
  open.push(service);
  return { at, port: service.port };
}

const ca = (at: (name: string) => string) => ({ ca: at('ca.pem') });

describe('mtls', () => {
  it('a client with a certificate of the authority is answered [R-120, R-129]', async () => {
    const { at, port } = await serveTls();
    const call = await pythonClient(port, { ...ca(at), cert: at('client.pem'), key: at('client-key.pem') });
    expect(await call('GetStatus')).toMatchObject({ available: true });
    expect(await call('Check')).toEqual({ status: 'SERVING' });
  });

  it('a client without a certificate, with a foreign one, or without TLS is not [R-120, R-129]', async () => {
    const { at, port } = await serveTls();
    const foreign = await makeCertificates();
    const withoutAny = await pythonClient(port, ca(at));
    expect(await withoutAny('GetStatus')).toMatchObject({ code: 'UNAVAILABLE' });
    const withForeign = await pythonClient(port, {
      ...ca(at),
      cert: foreign.at('client.pem'),
      key: foreign.at('client-key.pem'),
    });
    expect(await withForeign('GetStatus')).toMatchObject({ code: 'UNAVAILABLE' });
    const plain = await pythonClient(port);
    expect(await plain('GetStatus')).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('a client that does not trust the authority goes away [R-120]', async () => {
    const { at, port } = await serveTls();
    const foreign = await makeCertificates();
    const call = await pythonClient(port, { ...ca(foreign.at), cert: at('client.pem'), key: at('client-key.pem') });
    expect(await call('GetStatus')).toMatchObject({ code: 'UNAVAILABLE' });
  });

  it.each([
    ['TLSv1', false],
    ['TLSv1.1', false],
    ['TLSv1.2', true],
    ['TLSv1.3', true],
  ] as const)('%s is spoken: %s', async (version: SecureVersion, spoken) => {
    const { at, port } = await serveTls();
    const outcome = await new Promise<string>((resolve) => {
      const socket = connect({
        port,
        host: '127.0.0.1',
        ca: readFileSync(at('ca.pem')),
        cert: readFileSync(at('client.pem')),
        key: readFileSync(at('client-key.pem')),
        ALPNProtocols: ['h2'],
        minVersion: version,
        maxVersion: version,
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      socket.once('secureConnect', () => {
        resolve(socket.getProtocol() ?? '');
        socket.destroy();
      });
      socket.once('error', (error) => resolve(`refused: ${error.message}`));
    });
    if (spoken) expect(outcome).toBe(version);
    else expect(outcome).toMatch(/^refused: /);
  });
});

describe('files of TLS', () => {
  const problemsOf = (cert_dir: string) =>
    tlsProblems({ mode: 'mtls', cert_dir }).map(({ place, message }) => `${place}: ${message}`);

  it('are right with a key of mode 0600, 0640 or 0400', async () => {
    const { folder, at } = await makeCertificates();
    for (const mode of [0o600, 0o640, 0o400]) {
      chmodSync(at('server-key.pem'), mode);
      expect(problemsOf(folder)).toEqual([]);
    }
  });

  it('a key that others may read or the group may write is refused, with what to do', async () => {
    const { folder, at } = await makeCertificates();
    for (const mode of [0o644, 0o660, 0o604, 0o777]) {
      chmodSync(at('server-key.pem'), mode);
      expect(problemsOf(folder)).toEqual([
        expect.stringMatching(/^security\.tls\.key_file: \S+ has mode 0\d{3}; .*chmod 0600/),
      ]);
    }
  });

  it('each that is missing is named', async () => {
    const { folder, at } = await makeCertificates();
    rmSync(at('ca.pem'));
    rmSync(at('server-key.pem'));
    expect(problemsOf(folder).map((line) => line.split(':')[0])).toEqual([
      'security.tls.key_file',
      'security.tls.ca_file',
      'security.tls.client_ca_file',
    ]);
  });

  it('a key of another certificate, and what is no certificate, are refused', async () => {
    const { folder, at } = await makeCertificates();
    copyFileSync(at('client-key.pem'), at('server-key.pem'));
    expect(problemsOf(folder)).toEqual([expect.stringMatching(/^security\.tls\.key_file: cannot be used/)]);
    writeFileSync(at('server.pem'), 'nothing');
    expect(problemsOf(folder)).toEqual([expect.stringMatching(/^security\.tls\.cert_file: cannot be used/)]);
    const second = await makeCertificates();
    writeFileSync(second.at('ca.pem'), 'nothing');
    expect(problemsOf(second.folder)).toEqual([expect.stringMatching(/^security\.tls\.ca_file: cannot be used/)]);
  });
});
