import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleFixture } from '../../support/bundle-fixture.ts';
import { cacheIn, certificate, continuesAt } from '../../support/image-pulls.ts';
import { certificateFile, serveTls } from '../../support/image-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { diskBytes, vendorImage } from '../../support/vendor-image.ts';

/**
 * A pull in a process of its own is interrupted at a random moment. Afterwards the cache has no image or the right one,
 * and the next pull completes. SYSMONVM_TEST_SEED=N does the same rounds again.
 */
const rounds = 200;
const atOnce = 2;
const seed = Number(process.env['SYSMONVM_TEST_SEED'] ?? Date.now() % 2 ** 31);
const kinds = ['SIGINT', 'SIGKILL', 'full disk', 'server gone'] as const;
type Kind = (typeof kinds)[number];

interface Round {
  readonly kind: Kind;
  /** Where the server pauses (signals), is gone, or the disk ends, as a part of the file. */
  readonly at: number;
  /** After the last byte, so that it also hits the steps behind it. */
  readonly delayMs: number;
  readonly etag: boolean;
}

/** mulberry32 */
function seeded(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let bytes: Buffer;
let fixture: string;

beforeAll(async () => {
  bytes = await diskBytes();
  fixture = await bundleFixture('fetch-image.mjs');
});

describe('a pull', () => {
  it(`that is interrupted leaves no image or the right one, and the next one completes: ${rounds} rounds [R-28]`, async ({
    annotate,
  }) => {
    await annotate(`seed ${seed}`);
    const random = seeded(seed);
    const planned = Array.from(
      { length: rounds },
      (_, index): Round => ({
        kind: kinds[index % kinds.length] ?? 'SIGINT',
        at: random() < 0.2 ? 1 : random(),
        delayMs: random() * 120,
        etag: random() < 0.8,
      }),
    );
    const authority = await certificateFile(certificate);
    const root = await temporaryDirectory();
    const outcomes: Record<string, number> = {};
    const waiting = [...planned.entries()];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, round] = next;
        const outcome = await play(round, join(root, `round-${index}`), authority).catch((cause: unknown) => {
          throw new Error(`seed ${seed}, round ${index}: ${JSON.stringify(round)}: ${cause}`, { cause });
        });
        const label = `${round.kind}: ${outcome}`;
        outcomes[label] = (outcomes[label] ?? 0) + 1;
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: atOnce }, worker));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    await annotate(JSON.stringify(outcomes));
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(rounds);
  }, 600_000);
});

/** What the cache held after the interruption. */
async function play(round: Round, home: string, authority: string): Promise<string> {
  await mkdir(home);
  const mounted = round.kind === 'full disk';
  // The image, rounded to pages, less than it needs; statfs of the check before is met by what a file takes meanwhile.
  const room = 64 + Math.floor((bytes.length / 1024) * 1.05);
  if (mounted) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${room}k`, 'tmpfs', home]);
  const directory = join(home, 'images');
  try {
    const etag = round.etag ? '"1"' : undefined;
    let child: ChildProcess | undefined;
    let filling: Promise<void> | undefined;
    let interrupt: (response: ServerResponse) => void = () => undefined;
    const listener: RequestListener = (request, response) => {
      if (etag !== undefined) response.setHeader('etag', etag);
      const from = continuesAt(request, etag) ?? 0;
      if (from > 0) response.setHeader('content-range', `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
      response.setHeader('content-length', bytes.length - from);
      response.writeHead(from > 0 ? 206 : 200);
      const stop = Math.max(from, Math.floor(bytes.length * round.at));
      response.write(bytes.subarray(from, stop), () => interrupt(response));
      resume.then(() => response.end(bytes.subarray(stop)));
    };
    let goOn = (): void => undefined;
    const resume = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const server = await serveTls(certificate, listener);
    const entry = vendorImage(bytes, server.url);
    interrupt = (response) => {
      if (round.kind === 'server gone') response.socket?.destroy();
      else if (round.kind === 'full disk') filling = fill(home).then(goOn);
      else {
        if (round.at === 1) goOn();
        setTimeout(
          () => child?.kill(round.kind === 'SIGINT' ? 'SIGINT' : 'SIGKILL'),
          round.at === 1 ? round.delayMs : 0,
        );
      }
    };
    child = spawn(process.execPath, [fixture, directory, JSON.stringify(entry)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
    });
    const [words, [code, signal]] = await Promise.all([
      child.stderr ? text(child.stderr) : '',
      once(child, 'close') as Promise<[number | null, string | null]>,
    ]);
    interrupt = () => undefined;
    await filling;
    goOn();
    const found = await cacheIn(directory).lookup(entry, { verify: true });
    if (found !== undefined) expect(bytes.equals(await readFile(found.path))).toBe(true);
    else expect(code === 0, words).toBe(false);
    expect(await imagesWithRecord(directory)).toBe(found === undefined ? 0 : 1);
    await rm(join(home, 'filler'), { force: true });
    const image = await cacheIn(directory).fetch(entry);
    expect(bytes.equals(await readFile(image.path))).toBe(true);
    expect(await readdir(join(directory, 'partial'))).toEqual([]);
    expect(await readdir(join(directory, 'locks'))).toEqual([]);
    return `${found === undefined ? 'no image' : 'the image'}${signal === null ? '' : ', killed'}`;
  } finally {
    if (mounted) execFileSync('umount', [home]);
    await rm(home, { recursive: true, force: true });
  }
}

/** Takes what is left of the disk, while the pull is under way. */
async function fill(home: string): Promise<void> {
  await writeFile(join(home, 'filler'), Buffer.alloc(bytes.length)).catch(() => undefined);
}

async function imagesWithRecord(directory: string): Promise<number> {
  const names = await readdir(join(directory, 'by-digest'), { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('image.json')).length;
}
