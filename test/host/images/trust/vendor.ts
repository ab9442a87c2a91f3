/** A vendor with a throw-away key and a throw-away CA on the loopback address, and a user who runs the built program. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { ErrorCode } from '../../../../src/core/errors/codes.ts';
import { type Certificate, makeCertificate, serveTls } from '../../../support/image-server.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { type Outcome, Workbench } from '../../../support/workbench.ts';
import { at, bytesOf, makeKey, signDetached, type ThrowawayKey } from '../signatures/throwaway-keys.ts';

const clockFixture = fileURLToPath(new URL('../../../fixtures/shifted-clock.mjs', import.meta.url));
const certificate: Certificate = makeCertificate();
/** Keys take a moment to make; the good one and a stranger's are shared by all cases of a file. */
const keys = Promise.all([makeKey(), makeKey()]);

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const nameOf = (version: string, build: string, arch = 'x86_64'): string =>
  `box-${version}-${build}.${arch}.qcow2`;
const pattern = 'box-(?<version>\\d+\\.\\d+)-(?<build>\\d{8})\\.x86_64\\.qcow2';
export const current = nameOf('9.1', '20260101');

/** 64 KiB of a qcow2 header without anything behind it, and what makes it this image and no other. */
export function disk(label: string): Buffer {
  const bytes = Buffer.alloc(196_608 + 512);
  bytes.write('QFI\xfb', 0, 'latin1');
  bytes.writeUInt32BE(3, 4);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(8n * 1024n * 1024n, 24);
  bytes.writeUInt32BE(1, 36);
  bytes.writeBigUInt64BE(65_536n, 40);
  bytes.writeBigUInt64BE(131_072n, 48);
  bytes.writeUInt32BE(1, 56);
  bytes.writeUInt32BE(4, 96);
  bytes.writeUInt32BE(104, 100);
  bytes.write(label, 196_608, 'utf8');
  return bytes;
}

export interface Vendor {
  readonly url: string;
  readonly key: ThrowawayKey;
  readonly stranger: ThrowawayKey;
  readonly image: Buffer;
  readonly requests: readonly string[];
  put(name: string, content: string | Uint8Array): void;
  answer(name: string, listener: RequestListener): void;
  remove(name: string): void;
  /** CHECKSUM with these lines and a good signature of the vendor's key over it. */
  publish(list: string, options?: { readonly by?: ThrowawayKey; readonly date?: Date }): Promise<void>;
}

export async function openVendor(): Promise<Vendor> {
  const [key, stranger] = await keys;
  const answers = new Map<string, RequestListener>();
  const server = await serveTls(certificate, (request, response) => {
    const listener = answers.get((request.url ?? '').slice(1));
    if (listener === undefined) response.writeHead(404).end('<html>404</html>');
    else listener(request, response);
  });
  const put: Vendor['put'] = (name, content) => {
    const bytes = Buffer.from(content);
    answers.set(name, (_, response) => send(response, bytes));
  };
  const image = disk('the image');
  const vendor: Vendor = {
    ...server,
    key,
    stranger,
    image,
    put,
    answer: (name, listener) => void answers.set(name, listener),
    remove: (name) => void answers.delete(name),
    async publish(list, { by = key, date = at(10) } = {}) {
      put('CHECKSUM', list);
      put('CHECKSUM.asc', await signDetached(bytesOf(list), by, { date }));
    },
  };
  put(current, image);
  await vendor.publish(gnu([current, image]));
  return vendor;
}

export const gnu = (...files: readonly (readonly [name: string, bytes: Uint8Array])[]): string =>
  files.map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`).join('');

export const bsd = (...files: readonly (readonly [name: string, bytes: Uint8Array])[]): string =>
  files.map(([name, bytes]) => `# ${name}: ${bytes.length} bytes\nSHA256 (${name}) = ${sha256(bytes)}\n`).join('');

export function send(response: ServerResponse, bytes: Uint8Array, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-length': String(bytes.length), ...headers }).end(bytes);
}

interface RunOptions {
  /** Of the program's clock. */
  readonly clockDays?: number;
}

interface Refusal extends RunOptions {
  readonly exit?: number;
  /** A matcher. */
  readonly message?: unknown;
}

export class User {
  readonly bench: Workbench;
  readonly directory: string;

  private constructor(bench: Workbench, directory: string) {
    this.bench = bench;
    this.directory = directory;
  }

  static async make(): Promise<User> {
    const directory = await temporaryDirectory('sm-trust-');
    await writeFile(join(directory, 'ca.pem'), certificate.cert);
    const bench = await Workbench.make({ workspace: join(directory, 'ws') });
    return new User(bench, directory);
  }

  get lockPath(): string {
    return join(this.directory, 'ws', 'images.lock.json');
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.bench.run([...args, '--json'], { env: this.env(options) });
  }

  env({ clockDays }: RunOptions): Readonly<Record<string, string>> {
    const clock =
      clockDays === undefined
        ? {}
        : { NODE_OPTIONS: `--import=${clockFixture}`, TEST_CLOCK_OFFSET_MS: String(clockDays * 86_400_000) };
    return {
      XDG_CACHE_HOME: join(this.directory, 'cache'),
      NODE_EXTRA_CA_CERTS: join(this.directory, 'ca.pem'),
      ...clock,
    };
  }

  async ok<T = Record<string, never>>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** The command is refused with this code, and nothing of it remains: no image, no change of the lock file. */
  async refused(code: ErrorCode, args: readonly string[], options: Refusal = {}): Promise<void> {
    const before = await this.state();
    const outcome = await this.run(args, options);
    const found = outcome.code === 0 ? 'accepted' : (JSON.parse(outcome.stderr) as { error: object }).error;
    expect(found, outcome.stderr).toMatchObject({
      code,
      ...(options.message === undefined ? {} : { message: options.message }),
    });
    expect(outcome.code).toBe(options.exit ?? 5);
    expect(await this.state()).toEqual(before);
  }

  async state(): Promise<{ readonly lock: string; readonly cached: readonly string[] }> {
    const lock = await readFile(this.lockPath, 'utf8').catch(() => 'none');
    const cache = join(this.directory, 'cache', 'sysmonvm', 'images');
    const cached = await Promise.all(
      ['by-digest', 'partial'].map((name) => readdir(join(cache, name)).catch(() => [])),
    );
    return { lock, cached: cached.flat().sort() };
  }

  async trust(
    key: ThrowawayKey,
    certificates: readonly Uint8Array[] = [key.trusted.certificate],
    options: RunOptions = {},
  ) {
    await this.ok(await this.trustArgs(key, certificates), options);
  }

  async trustArgs(key: Pick<ThrowawayKey, 'fingerprint'>, certificates: readonly Uint8Array[]): Promise<string[]> {
    const file = join(this.directory, 'box.asc');
    await writeFile(file, Buffer.concat(certificates));
    return ['image', 'key', 'add', file, '--fingerprint', key.fingerprint];
  }

  async dispose(): Promise<void> {
    await this.bench.dispose();
  }
}

/** `image add` of the vendor's image with everything that makes it signed. */
export const signedAdd = ({ url }: Vendor, ...more: readonly string[]): string[] => [
  ...['image', 'add', `${url}/${current}`, '--id', 'box', '--key', 'box', '--arch', 'x86_64'],
  ...['--checksums', `${url}/CHECKSUM`, '--signature', `${url}/CHECKSUM.asc`, '--name-pattern', pattern],
  ...more,
];

/** The same line with another value of one option. */
export const changed = (args: readonly string[], option: string, value: string): string[] =>
  args.map((word, index) => (args[index - 1] === option ? value : word));
