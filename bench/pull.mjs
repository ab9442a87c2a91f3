#!/usr/bin/env node
/**
 * How fast is `image pull` beside what a person types: `curl -o` and then `sha256sum`? Both fetch the same file from
 * one https server on the loopback address, alternately. `image pull` digests while it receives, writes to disk for
 * good (fsync), and looks at the image; the two programs do neither of the last two. Then one large pull, and the most
 * memory that its process had.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeImage, prepareCache, serveFile } from './lib/image-source.mjs';
import { comparePairs, interleave } from './lib/pairs.mjs';
import { seconds, table, target, times, withInterval } from './lib/report.mjs';
import { count, pairsDone, runBench } from './lib/run-bench.mjs';
import { program } from './lib/sandbox.mjs';

const about = `image pull against curl -o and sha256sum

usage: node bench/pull.mjs [--pairs N] [--mib N] [--large-mib N]
  --pairs      interleaved pairs (default 9)
  --mib        size of the image (default 512)
  --large-mib  size of the image whose pull is watched for memory (default 2048; 0: none)
targets: at least 0.85 times as fast; at most 150 MB of memory`;

await runBench({
  about,
  options: {
    pairs: { type: 'string', default: '9' },
    mib: { type: 'string', default: '512' },
    'large-mib': { type: 'string', default: '2048' },
  },
  measure: async (sandbox, values) => {
    const total = count(values['pairs'], 'pairs');
    const large = count(values['large-mib'], 'large-mib', 0);
    const file = join(sandbox.root, 'image.qcow2');
    const image = makeImage(file, count(values['mib'], 'mib'));
    const { url, authority } = await serveFile(sandbox, file);
    const prepared = prepareCache(sandbox, { id: 'bench-pull', url, authority, ...image });
    const pull = [program, 'image', 'pull', ...prepared.arguments];
    const copy = join(sandbox.root, 'copy.qcow2');

    const ours = () => {
      rmSync(join(prepared.cache, 'sysmonvm'), { recursive: true, force: true });
      return timed(() => execFileSync(process.execPath, pull, { env: prepared.env, stdio: 'ignore' }));
    };
    const theirs = () => {
      rmSync(copy, { force: true });
      return timed(() => {
        execFileSync('curl', ['-sS', '--cacert', authority, '-o', copy, url]);
        const [found] = execFileSync('sha256sum', [copy], { encoding: 'utf8' }).split(' ');
        if (`sha256:${found}` !== image.digest) throw new Error('curl fetched something else');
      });
    };
    theirs();
    const runs = await interleave(total, ours, theirs, pairsDone(total));
    rmSync(copy);
    const compared = comparePairs(runs.ours, runs.theirs);
    console.log(
      table([
        [`${values['mib']} MiB`, 'median'],
        ['sysmonvm image pull', seconds(compared.ours)],
        ['curl -o, sha256sum', seconds(compared.theirs)],
      ]),
    );
    console.log(`paired ratio of times  ${withInterval(compared.ratio, times)}\n`);
    const fast = target('time, curl and sha256sum being 1', compared.ratio.median, 1 / 0.85, times);
    if (large === 0) return fast;

    rmSync(prepared.cache, { recursive: true, force: true });
    const big = makeImage(file, large);
    const bigger = prepareCache(sandbox, { id: 'bench-pull', url, authority, ...big });
    const most = await peakBytes(sandbox, pull, bigger.env);
    return (
      target(`most memory while pulling ${large} MiB`, most / 1e6, 150, (value) => `${value.toFixed(0)} MB`) && fast
    );
  },
});

/** @param {() => void} action */
function timed(action) {
  const startedAt = performance.now();
  action();
  return (performance.now() - startedAt) / 1000;
}

/**
 * The kernel's own record of the most memory, read as long as the process lives.
 * @param {import('./lib/sandbox.mjs').Sandbox} sandbox @param {readonly string[]} args @param {Record<string, string>} env
 */
async function peakBytes(sandbox, args, env) {
  const child = sandbox.spawn(process.execPath, [...args], { env, stdio: 'ignore' });
  let most = 0;
  const timer = setInterval(() => {
    try {
      const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      if (kib !== undefined) most = Number(kib) * 1024;
    } catch {
      // It has ended.
    }
  }, 20);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`image pull ended with ${code}`);
  return most;
}
