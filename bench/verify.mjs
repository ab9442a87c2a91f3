#!/usr/bin/env node
/** How long does `image verify` of a cached image take beside `sha256sum` of the same file? Both read from memory. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { makeImage, prepareCache, serveFile } from './lib/image-source.mjs';
import { comparePairs, interleave } from './lib/pairs.mjs';
import { seconds, table, target, times, withInterval } from './lib/report.mjs';
import { count, pairsDone, runBench } from './lib/run-bench.mjs';
import { program } from './lib/sandbox.mjs';

const about = `image verify against sha256sum

usage: node bench/verify.mjs [--pairs N] [--mib N]
  --pairs  interleaved pairs (default 9)
  --mib    size of the image (default 500)
target: at most 1.3 times as long`;

await runBench({
  about,
  options: { pairs: { type: 'string', default: '9' }, mib: { type: 'string', default: '500' } },
  measure: async (sandbox, values) => {
    const total = count(values['pairs'], 'pairs');
    const file = join(sandbox.root, 'image.qcow2');
    const image = makeImage(file, count(values['mib'], 'mib'));
    const { url, authority } = await serveFile(sandbox, file);
    const prepared = prepareCache(sandbox, { id: 'bench-verify', url, authority, ...image });
    const sysmonvm = (/** @type {readonly string[]} */ args) =>
      execFileSync(process.execPath, [program, 'image', ...args], { env: prepared.env, encoding: 'utf8' });
    const { path } = JSON.parse(sysmonvm(['pull', ...prepared.arguments, '--json'])).image;

    const ours = () => timed(() => sysmonvm(['verify', ...prepared.arguments]));
    const theirs = () => timed(() => execFileSync('sha256sum', [path]));
    theirs();
    const runs = await interleave(total, ours, theirs, pairsDone(total));
    const compared = comparePairs(runs.ours, runs.theirs);
    console.log(
      table([
        [`${values['mib']} MiB`, 'median'],
        ['sysmonvm image verify', seconds(compared.ours)],
        ['sha256sum', seconds(compared.theirs)],
      ]),
    );
    console.log(`paired ratio  ${withInterval(compared.ratio, times)}\n`);
    return target('time, sha256sum being 1', compared.ratio.median, 1.3, times);
  },
});

/** @param {() => void} action */
function timed(action) {
  const startedAt = performance.now();
  action();
  return (performance.now() - startedAt) / 1000;
}
