import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createAnswers } from '../../../src/checker/export/answers.ts';
import { type GrpcService, serveGrpc } from '../../../src/checker/export/grpc-service.ts';
import { readSample } from '../../../src/core/checker-install/shown-sample.ts';
import type { CheckerCertificates } from '../../../src/core/ports/certificate-maker.ts';
import type { CheckerAddress } from '../../../src/core/ports/checker-client.ts';
import { openCheckerClient } from '../../../src/host/checker-client/checker-client.ts';
import { certificateMaker } from '../../../src/host/tls/certificates.ts';
import { manualSampler } from '../../support/manual-sampler.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const identity = { hostId: 'machine', hostname: 'guest', hostIp: '192.0.2.10', agentId: 'a' };
const open: { close(): unknown }[] = [];
const within = (signal = new AbortController().signal) => ({ at: Date.now() + 20_000, signal, attempts: [] });

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function serve(certificates?: CheckerCertificates) {
  const sampler = manualSampler();
  const folder = await temporaryDirectory();
  const { ca, server } = certificates ?? { ca: '', server: { certificate: '', key: '' } };
  const files = { 'ca.pem': ca, 'server.pem': server.certificate, 'server-key.pem': server.key };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
  const security = certificates === undefined ? { mode: 'none' as const } : { mode: 'mtls' as const, cert_dir: folder };
  const config = { listen_addr: { host: '127.0.0.1', port: 0 }, security, agent_id: 'a' };
  const service: GrpcService = await serveGrpc(config, createAnswers(sampler, identity, 'run'));
  open.push(service);
  return { sampler, target: `127.0.0.1:${service.port}` };
}

function client(address: CheckerAddress) {
  const opened = openCheckerClient(address);
  open.push(opened);
  return opened;
}

const tlsOf = ({ ca, client: pair }: CheckerCertificates) => ({ ca, ...pair });

describe('our client of the checker', () => {
  it('asks health and status over mTLS with the pair that was made for the VM [R-126] [R-129]', async () => {
    const certificates = await certificateMaker.make('box', Date.now());
    const { sampler, target } = await serve(certificates);
    const asked = client({ target, tls: tlsOf(certificates) });
    expect(await asked.health(within())).toBe('NOT_SERVING');
    expect(readSample(await asked.status(within()))).toBeUndefined();
    sampler.take(2);
    expect(await asked.health(within())).toBe('SERVING');
    expect(readSample(await asked.status(within()))?.cpus[0]).toMatchObject({ cpu: 0 });
  });

  it('neither trusts a server of another VM, nor is trusted by one', async () => {
    const [mine, other] = await Promise.all(['box', 'other'].map((name) => certificateMaker.make(name, Date.now())));
    if (mine === undefined || other === undefined) throw new Error('none were made');
    const { target } = await serve(mine);
    const refused = [{ target, tls: tlsOf(other) }, { target, tls: { ...tlsOf(other), ca: mine.ca } }, { target }];
    for (const address of refused)
      await expect(client(address).health(within())).rejects.toMatchObject({ code: 'checker.unreachable' });
  });

  it('tells who did not answer, and ends when it is cancelled', async () => {
    const nobody = client({ target: '127.0.0.1:1' });
    await expect(nobody.health(within())).rejects.toThrow(/127\.0\.0\.1:1 did not answer/);
    const cancelled = new AbortController();
    const waiting = nobody.status(within(cancelled.signal));
    cancelled.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
