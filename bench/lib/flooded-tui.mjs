import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = join(fileURLToPath(import.meta.url), '../../..');
const perSecond = 10_000;

/** @returns {Promise<{ openTui(host: any): Promise<void> }>} the screens as users get them, bundled */
export async function bundleTui() {
  process.env['NODE_ENV'] = 'production';
  const dir = join(root, 'node_modules/.cache/sysmonvm/tui');
  await build({
    input: join(root, 'src/tui/open-tui.tsx'),
    platform: 'node',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    external: [/^ink$/, /^react/, /^yoga/],
    output: { dir, format: 'esm', entryFileNames: 'open-tui.mjs' },
    logLevel: 'warn',
  });
  return import(join(dir, 'open-tui.mjs'));
}

/**
 * One VM's page with its console open, while events and lines come as fast as they are said to.
 * @param {{ openTui(host: any): Promise<void> }} tui @param {number} ms
 */
export async function floodedFrames({ openTui }, ms) {
  const end = new AbortController();
  const counts = { events: 0, lines: 0 };
  /** @type {number[]} */
  const frames = [];
  const stdin = keys();
  const loop = monitorEventLoopDelay({ resolution: 5 });
  const ended = openTui({
    engine: floodedEngine(counts, end.signal),
    config: async () => undefined,
    imageOffers: async () => [],
    terminal: { stdin, stdout: screen() },
    env: { TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    look: { color: true, ascii: false },
    signal: end.signal,
    now: () => Date.now(),
    newRequestId: () => 'request',
    onFrame: (/** @type {number} */ taken) => frames.push(taken),
    attached: {},
    job: {
      stopJob: () => {},
      ...Object.fromEntries(
        ['whenStopAsked', 'whenContinued', 'atExit', 'holdNoise'].map((name) => [name, () => () => {}]),
      ),
    },
  });
  await pause(1000);
  stdin.press('\r');
  for (let tab = 0; tab < 3; tab += 1) {
    await pause(150);
    stdin.press('\t');
  }
  await pause(500);
  frames.length = 0;
  counts.events = 0;
  counts.lines = 0;
  loop.enable();
  await pause(ms / 3);
  const heapEarly = heapMib();
  await pause((ms * 2) / 3);
  const heapLate = heapMib();
  loop.disable();
  end.abort();
  await ended;
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    ...counts,
    ...{ frames: frames.length, p50: at(0.5), p95: at(0.95), most: at(1), heapEarly, heapLate },
    loopP95: loop.percentile(95) / 1e6,
  };
}

const heapMib = () => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1024 ** 2;
};

/** @param {{ events: number, lines: number }} counts @param {AbortSignal} signal */
function floodedEngine(counts, signal) {
  const vm = {
    ...{ id: 'vm-1', name: 'flooded', generation: 1, state: 'ready', summary: 'ready', createdAt: Date.now() },
    ...{ ephemeral: false, image: { id: 'tiny', arch: 'x86_64', kind: 'local', level: 'local' }, arch: 'x86_64' },
    ...{
      accelerator: 'tcg',
      cpus: 2,
      memoryMib: 512,
      diskGib: 2,
      network: 'user',
      ports: [],
      user: 'sysmon',
      marks: [],
    },
    ...{ warnings: [], qemu: { version: '', digest: '' }, directory: '/', diskUsageBytes: 0 },
  };
  /** @param {(index: number) => any} make @param {'events' | 'lines'} kind */
  async function* flood(make, kind) {
    const startedAt = performance.now();
    let index = 0;
    while (!signal.aborted) {
      const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond);
      for (; index < due; index += 1) {
        counts[kind] += 1;
        yield make(index);
      }
      await pause(10);
    }
  }
  return {
    list: async () => [vm],
    status: async () => vm,
    usage: async () => [],
    consoleSizes: () => new Map(),
    planOf: async () => ({}),
    checker: { status: async () => ({ installed: false }), sample: async () => undefined },
    snapshots: { list: async () => [] },
    events: () =>
      flood(
        (index) => ({
          type: 'boot_mark',
          timestamp: Date.now(),
          generation: index,
          vm: vm.name,
          vmId: vm.id,
          requestId: 'r',
        }),
        'events',
      ),
    logs: () =>
      flood(
        (index) => `[${(index / perSecond).toFixed(6).padStart(12)}] a line of the console, number ${index}`,
        'lines',
      ),
  };
}

function screen() {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  return Object.assign(stream, { columns: 120, rows: 40, isTTY: true });
}

function keys() {
  /** @type {string[]} */
  const waiting = [];
  const stream = new EventEmitter();
  return Object.assign(stream, {
    isTTY: true,
    press: (/** @type {string} */ key) => {
      waiting.push(key);
      stream.emit('readable');
    },
    read: () => waiting.shift() ?? null,
    ...Object.fromEntries(
      ['setEncoding', 'setRawMode', 'resume', 'pause', 'ref', 'unref'].map((name) => [name, () => stream]),
    ),
  });
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
