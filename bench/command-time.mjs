#!/usr/bin/env node
/**
 * How long do the short commands take, in units of `node -e 0`, the least that any program on Node can take?
 * Every run of ours has its own `node -e 0` beside it; both run alone, one after the other.
 */
import { spawnSync } from 'node:child_process';
import { comparePairs, interleave } from './lib/pairs.mjs';
import { milliseconds, table, target, times, withInterval } from './lib/report.mjs';
import { count, pairsDone, runBench } from './lib/run-bench.mjs';
import { program } from './lib/sandbox.mjs';

const about = `Time of the short commands against node -e 0

usage: node bench/command-time.mjs [--pairs N] [--vms N]
  --pairs   interleaved pairs for each command (default 15)
  --vms     stopped VMs in the workspace of vm-list (default 20)
targets: --version at most 2 x, vm-list --json and vm-destroy --yes of a stopped VM at most 3 x`;

const size = ['--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G'];

await runBench({
  about,
  options: { pairs: { type: 'string', default: '15' }, vms: { type: 'string', default: '20' } },
  measure: async (sandbox, values) => {
    const total = count(values['pairs'], 'pairs');
    const vms = count(values['vms'], 'vms', 0);
    sandbox.run(['fetch-image', '--image', 'tiny']);
    for (let index = 0; index < vms; index++) sandbox.run(['vm-create', `stopped-${index}`, ...size]);
    process.stderr.write(`${vms} VMs made\n`);

    /** @param {readonly string[]} args */
    const secondsOf = (args) => {
      const startedAt = performance.now();
      const done = spawnSync(process.execPath, args, { env: sandbox.env, encoding: 'utf8' });
      const taken = (performance.now() - startedAt) / 1000;
      if (done.status !== 0) throw new Error(`${args.join(' ')} ended with ${done.status}: ${done.stderr}`);
      return { taken, stdout: done.stdout };
    };
    const node = () => secondsOf(['-e', '0']).taken;
    const commands = [
      { title: '--version', limit: 2, run: () => secondsOf([program, '--version']).taken },
      {
        title: `vm-list --json, ${vms} VMs`,
        limit: 3,
        run: () => {
          const { taken, stdout } = secondsOf([program, 'vm-list', '--json']);
          const listed = JSON.parse(stdout).vms.length;
          if (listed !== vms) throw new Error(`vm-list shows ${listed} VMs instead of ${vms}`);
          return taken;
        },
      },
      {
        title: 'vm-destroy --yes',
        limit: 3,
        // Made in a workspace of its own just before, outside of the measured time.
        run: () => {
          const other = ['--workspace', `${sandbox.workspace}-destroy`];
          sandbox.run(['vm-create', 'short-lived', ...size, ...other]);
          return secondsOf([program, 'vm-destroy', 'short-lived', '--yes', ...other]).taken;
        },
      },
    ];
    const results = [];
    for (const { title, limit, run } of commands) {
      // Once each outside of the count: what is read from disk is in the cache for all runs.
      run();
      node();
      process.stderr.write(`${title}\n`);
      const runs = await interleave(total, run, node, pairsDone(total));
      results.push({ title, limit, ...comparePairs(runs.ours, runs.theirs) });
    }
    console.log(`Measured: ${total} interleaved pairs each; medians, paired ratio [95 % interval]`);
    console.log(
      table([
        ['command', 'time', 'node -e 0', 'paired ratio'],
        ...results.map(({ title, ours, theirs, ratio }) => [
          title,
          milliseconds(ours),
          milliseconds(theirs),
          withInterval(ratio, times),
        ]),
      ]),
    );
    console.log();
    return results.map(({ title, limit, ratio }) => target(title, ratio.median, limit, times)).every(Boolean);
  },
});
