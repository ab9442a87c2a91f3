import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as openpgp from 'openpgp';
import { expect, onTestFinished } from 'vitest';
import type { ErrorCode } from '../../../../src/core/errors/codes.ts';
import { SysmonvmError } from '../../../../src/core/errors/sysmonvm-error.ts';
import type { TrustedKey } from '../../../../src/core/ports/signatures.ts';
import { createSignatureChecker } from '../../../../src/host/images/signatures/create-signature-checker.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

export const checker = createSignatureChecker();
const day = 24 * 60 * 60 * 1000;
/** Keys are made some time ago, so that signatures may be older than now. */
export const made = new Date(Math.floor(Date.now() / 1000) * 1000 - 30 * day);
export const now = new Date(made.getTime() + 30 * day);
export const at = (days: number): Date => new Date(made.getTime() + days * day);
export const list = `${'a'.repeat(64)}  Some-Image-9.1-20260101.x86_64.qcow2\n${'b'.repeat(64)}  Other-Image.qcow2\n`;
export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

export interface ThrowawayKey {
  readonly pair: { readonly privateKey: openpgp.PrivateKey; readonly publicKey: openpgp.PublicKey };
  readonly fingerprint: string;
  readonly trusted: TrustedKey;
}

type KeyOptions = Partial<openpgp.KeyOptions>;

export async function makeKey(options: KeyOptions = {}, overrides: Partial<TrustedKey> = {}): Promise<ThrowawayKey> {
  const pair = await openpgp.generateKey({
    type: 'curve25519',
    userIDs: [{ name: 'Throw-away', email: 'key@example.org' }],
    date: made,
    ...options,
    format: 'object',
  });
  const fingerprint = pair.publicKey.getFingerprint().toUpperCase();
  return { pair, fingerprint, trusted: trust(bytesOf(pair.publicKey.armor()), fingerprint, overrides) };
}

export const makeRsaKey = (bits: number, overrides: Partial<TrustedKey> = {}): Promise<ThrowawayKey> =>
  makeKey({ type: 'rsa', rsaBits: bits, config: { minRSABits: 1024 } }, overrides);

export function trust(certificate: Uint8Array, fingerprint: string, overrides: Partial<TrustedKey> = {}): TrustedKey {
  return {
    id: 'throw-away',
    origin: 'user',
    packetVersions: [4],
    certificate,
    ...overrides,
    key: {
      fingerprint,
      file: 'keys/throw-away.asc',
      fileSha256: createHash('sha256').update(certificate).digest('hex'),
      allowedHashes: ['sha256', 'sha384', 'sha512'],
      signatureForm: 'detached',
      ...overrides.key,
    },
  };
}

interface Signing {
  readonly date?: Date;
  readonly config?: openpgp.PartialConfig;
}

/** Armored. */
export async function signDetached(data: Uint8Array, key: ThrowawayKey, options: Signing = {}): Promise<Uint8Array> {
  const message = await openpgp.createMessage({ binary: data });
  const signed = await openpgp.sign({
    message,
    signingKeys: key.pair.privateKey,
    date: at(10),
    ...options,
    detached: true,
  });
  return bytesOf(signed as string);
}

/** With LF; the package itself writes CRLF in the text and LF around it. */
export async function signText(text: string, key: ThrowawayKey, options: Signing = {}): Promise<string> {
  const message = await openpgp.createCleartextMessage({ text });
  const signed = await openpgp.sign({ message, signingKeys: key.pair.privateKey, date: at(10), ...options });
  return signed.replaceAll('\r\n', '\n');
}

export const checkDetached = (file: Uint8Array, signature: Uint8Array, key: TrustedKey, when = now) =>
  checker.checkText({ form: 'detached', file, signature, key, now: when });

export const checkClearsigned = (file: string | Uint8Array, key: TrustedKey, when = now) =>
  checker.checkText({ form: 'clearsigned', file: typeof file === 'string' ? bytesOf(file) : file, key, now: when });

/** The error that was thrown, which has the code and names the key. */
export async function refusal(work: Promise<unknown>, code: ErrorCode): Promise<SysmonvmError> {
  const result = await work.then(
    () => 'accepted',
    (error: unknown) => error,
  );
  if (!(result instanceof SysmonvmError)) throw new Error(`expected ${code}, got ${String(result)}`, { cause: result });
  expect({ code: result.code, message: result.message }).toMatchObject({ code });
  expect(result.kind).toBe('image');
  expect(result.details['fingerprint']).toMatch(/^[0-9A-F]{40}$/);
  expect(result.next.length).toBeGreaterThan(0);
  return result;
}

export function dearmor(armored: Uint8Array | string): Uint8Array {
  const lines = Buffer.from(armored as Uint8Array)
    .toString()
    .split('\n');
  const body = lines.slice(
    lines.indexOf('') + 1,
    lines.findIndex((line) => /^(=....|-----END.*)$/.test(line)),
  );
  return Uint8Array.from(Buffer.from(body.join(''), 'base64'));
}

export function armor(label: string, bytes: Uint8Array): Uint8Array {
  const body = Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return bytesOf(`-----BEGIN PGP ${label}-----\n\n${body}\n-----END PGP ${label}-----\n`);
}

/** The second implementation: GnuPG with a home of its own. */
export interface Gpg {
  readonly home: string;
  run(args: readonly string[], input?: string | Uint8Array): Buffer;
  /** Fingerprint of a new key that signs. */
  makeKey(algorithm: string, options?: readonly string[]): string;
  certificate(fingerprint: string): Uint8Array;
  trusted(fingerprint: string, overrides?: Partial<TrustedKey>): TrustedKey;
  file(name: string, content: string | Uint8Array): string;
  read(name: string): Uint8Array;
}

const gpgTime = (date: Date): string => date.toISOString().replace(/[-:]|\.\d+Z$/g, '');

/** A new one for the running test. */
export async function newGpg(): Promise<Gpg> {
  const home = await temporaryDirectory('sm-gpg-');
  const run: Gpg['run'] = (args, input = '') =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--yes', '--no-tty', '--quiet', ...args], {
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  onTestFinished(() => {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
  });
  const certificate: Gpg['certificate'] = (fingerprint) => Uint8Array.from(run(['--armor', '--export', fingerprint]));
  let count = 0;
  return {
    home,
    run,
    certificate,
    makeKey(algorithm, options = []) {
      count += 1;
      const user = `Throw-away ${count} <gpg${count}@example.org>`;
      const clock = `--faked-system-time=${gpgTime(made)}!`;
      run([clock, ...options, '--passphrase', '', '--quick-gen-key', user, algorithm, 'sign', 'never']);
      const listed = run(['--with-colons', '--list-keys', `=${user}`]).toString();
      return /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? '';
    },
    trusted: (fingerprint, overrides) => trust(certificate(fingerprint), fingerprint, overrides),
    file(name, content) {
      const path = join(home, name);
      writeFileSync(path, content);
      return path;
    },
    read: (name) => Uint8Array.from(readFileSync(join(home, name))),
  };
}
