import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckerCertificates } from '../../../src/core/ports/certificate-maker.ts';
import { certificateMaker } from '../../../src/host/tls/certificates.ts';

const day = 24 * 3600 * 1000;
let folder: string;
let made: CheckerCertificates;
const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, encoding: 'utf8' });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  made = await certificateMaker.make('box', Date.now());
  const files = {
    'ca.pem': made.ca,
    'server.pem': made.server.certificate,
    'server-key.pem': made.server.key,
    'client.pem': made.client.certificate,
    'client-key.pem': made.client.key,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('certificates of a VM, as openssl sees them', () => {
  it('server and client are signed by the CA, each for its purpose and no other [R-120] [R-129]', () => {
    expect(openssl('verify', '-x509_strict', '-CAfile', 'ca.pem', '-purpose', 'sslserver', 'server.pem')).toContain(
      'OK',
    );
    expect(openssl('verify', '-x509_strict', '-CAfile', 'ca.pem', '-purpose', 'sslclient', 'client.pem')).toContain(
      'OK',
    );
    expect(() => openssl('verify', '-CAfile', 'ca.pem', '-purpose', 'sslserver', 'client.pem')).toThrow(/purpose/);
    expect(() => openssl('verify', '-CAfile', 'ca.pem', '-purpose', 'sslclient', 'server.pem')).toThrow(/purpose/);
  });

  it('the server is localhost, 127.0.0.1 and the VM, and nobody else', () => {
    for (const name of ['localhost', 'box'])
      expect(openssl('verify', '-CAfile', 'ca.pem', '-verify_hostname', name, 'server.pem')).toContain('OK');
    expect(openssl('verify', '-CAfile', 'ca.pem', '-verify_ip', '127.0.0.1', 'server.pem')).toContain('OK');
    expect(() => openssl('verify', '-CAfile', 'ca.pem', '-verify_hostname', 'other', 'server.pem')).toThrow(/mismatch/);
  });

  it('the keys are the ones that were certified', () => {
    for (const name of ['server', 'client'])
      expect(openssl('pkey', '-in', `${name}-key.pem`, '-pubout')).toBe(
        openssl('x509', '-in', `${name}.pem`, '-pubkey', '-noout'),
      );
  });

  it('hold for a clock that is a day behind, and for two years', () => {
    const at = (ms: number) => ['-attime', String(Math.floor((Date.now() + ms) / 1000))];
    const verify = (ms: number) => openssl('verify', ...at(ms), '-CAfile', 'ca.pem', 'server.pem');
    expect(verify(-day + 60_000)).toContain('OK');
    expect(verify(729 * day)).toContain('OK');
    expect(() => verify(731 * day)).toThrow(/expired/);
  });

  it('are good for their VM and its time only', () => {
    const good = (name: string, at: number, text = made.server.certificate) =>
      certificateMaker.isGood(text, name, at, 30 * day);
    expect(good('box', Date.now())).toBe(true);
    expect(good('other', Date.now())).toBe(false);
    expect(good('box', Date.now() + 710 * day)).toBe(false);
    expect(good('box', Date.now(), 'no certificate')).toBe(false);
  });
});
