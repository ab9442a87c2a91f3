#!/usr/bin/env node
/**
 * What does it cost that sysmonvm starts a VM, and not a person with QEMU's command line?
 *
 * One VM is made and started once; its QEMU's argument list is read from /proc. Then, alternately: `vm-start`, and a
 * bare QEMU with that very list. Before each run the disk (and firmware variables) are reset to the fresh copy. Time
 * runs from the start of the process to the guest's SSH banner. `vm-start` looks for the banner itself, and its mark is
 * taken: a second prober beside it would disturb the guest that is measured. The bare side has a prober of this bench
 * that asks as often as pays, so whatever our own one wastes counts against us.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { secondsToBanner } from './lib/guest.mjs';
import { comparePairs, interleave, median, summary } from './lib/pairs.mjs';
import { argumentsOf, cpuSecondsFromTimes, cpuSecondsOf, parentOf, timed } from './lib/processes.mjs';
import { milliseconds, seconds, table, target, times, withInterval } from './lib/report.mjs';
import { count, pairsDone, runBench } from './lib/run-bench.mjs';
import { ended, freePort, program } from './lib/sandbox.mjs';

const about = `Time to the SSH banner: sysmonvm vm-start against a bare QEMU with the identical argument list

usage: node bench/start-overhead.mjs [--pairs N] [--image ID] [--cpus N] [--memory SIZE]
  --pairs   interleaved pairs (default 9; below nine, no verdict should be taken from it)
  --image   image of the guest (default tiny)
targets: paired median at most 2 % + 0.5 s over; CPU seconds of our processes at most 1 in every boot`;

const name = 'bench';
const deadlineSeconds = 300;

await runBench({
  about,
  options: {
    pairs: { type: 'string', default: '9' },
    image: { type: 'string', default: 'tiny' },
    cpus: { type: 'string', default: '1' },
    memory: { type: 'string', default: '256M' },
  },
  measure: async (sandbox, { pairs, image, cpus, memory }) => {
    const total = count(pairs, 'pairs');
    const port = await freePort();
    sandbox.run(['fetch-image', '--image', String(image)]);
    const size = ['--image', String(image), '--cpus', String(cpus), '--memory', String(memory)];
    sandbox.run(['vm-create', name, ...size, '--ssh-port', String(port)]);
    const { directory } = sandbox.json(['vm-status', name]).vm;
    const disks = ['disk.qcow2', 'vars.qcow2'].map((file) => join(directory, file)).filter((file) => existsSync(file));
    for (const disk of disks) copyFileSync(disk, join(sandbox.root, `fresh-${disk.split('/').at(-1)}`));
    const reset = () => {
      for (const disk of disks) copyFileSync(join(sandbox.root, `fresh-${disk.split('/').at(-1)}`), disk);
    };
    const stop = () => sandbox.run(['vm-stop', name, '--force']);

    // The list of a real start; this run also warms the page cache for both sides.
    sandbox.run(['vm-start', name]);
    const { vm } = sandbox.json(['vm-status', name]);
    const [qemu, ...args] = argumentsOf(vm.pid);
    stop();
    // Older runs of a VM are removed by later starts, and the log of this one lies in the directory of its run.
    const logs = args.flatMap((arg) => /(?:^|,)logfile=([^,]+)/.exec(arg)?.[1] ?? []);
    const sockets = args.flatMap((arg) => /(?:^|,)path=([^,]+)/.exec(arg)?.[1] ?? []);

    const ours = async () => {
      reset();
      const [command, ...rest] = timed([process.execPath, program, 'vm-start', name]);
      const startedAt = performance.now();
      const startedAtEpoch = Date.now();
      const child = sandbox.spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
      let cpuText = '';
      let stderr = '';
      child.stdio[3]?.on('data', (text) => {
        cpuText += String(text);
      });
      child.stderr?.on('data', (text) => {
        stderr += String(text);
      });
      const code = await ended(child);
      if (code !== 0) throw new Error(`vm-start ended with ${code}: ${stderr}`);
      const ready = (performance.now() - startedAt) / 1000;
      const status = sandbox.json(['vm-status', name]).vm;
      if (argumentsOf(status.pid).length !== args.length + 1)
        throw new Error('the argument list of this start differs from that of the first one');
      const mark = status.boot.find((/** @type {{ name: string }} */ { name: found }) => found === 'ssh-banner');
      if (!mark) throw new Error('vm-start recorded no SSH banner');
      const banner = (new Date(mark.at).getTime() - startedAtEpoch) / 1000;
      // The parent that records QEMU's exit status is ours as well.
      const guardian = cpuSecondsOf(parentOf(status.pid));
      stop();
      return { banner, ready, command: cpuSecondsFromTimes(cpuText), guardian };
    };

    const bare = async () => {
      reset();
      for (const socket of sockets) {
        mkdirSync(dirname(socket), { recursive: true, mode: 0o700 });
        rmSync(socket, { force: true });
      }
      for (const log of logs) mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
      const startedAt = performance.now();
      const child = sandbox.spawn(qemu, args, { cwd: '/' });
      const alive = () => child.exitCode === null && child.signalCode === null;
      const banner = await secondsToBanner({ port, startedAt, deadlineSeconds, alive });
      await ended(child, 'SIGKILL');
      for (const socket of sockets) rmSync(socket, { force: true });
      return banner;
    };

    const runs = await interleave(total, ours, bare, pairsDone(total));
    const banners = runs.ours.map((run) => run.banner);
    const compared = comparePairs(banners, runs.theirs);
    const over = summary(banners.map((value, index) => value - 1.02 * runs.theirs[index]));
    const cpu = runs.ours.map((run) => run.command + run.guardian);
    const accelerator = vm.accelerator ?? 'unknown';
    console.log(
      `Measured: ${total} interleaved pairs, guest ${image}, ${cpus} CPU, ${memory}, ${accelerator}; seconds to the SSH banner, [95 % interval]`,
    );
    console.log(
      table([
        ['', 'median', 'least', 'most'],
        ['sysmonvm vm-start', seconds(compared.ours), ...range(banners)],
        ['bare QEMU', seconds(compared.theirs), ...range(runs.theirs)],
        [
          'vm-start until ready',
          seconds(median(runs.ours.map((run) => run.ready))),
          ...range(runs.ours.map((run) => run.ready)),
        ],
        ['CPU of our processes', seconds(median(cpu)), ...range(cpu)],
      ]),
    );
    console.log(`paired ratio       ${withInterval(compared.ratio, times)}`);
    console.log(`paired difference  ${withInterval(compared.difference, milliseconds)}`);
    console.log(`of it beyond 2 %   ${withInterval(over, milliseconds)}\n`);
    const inTime = target('paired median beyond 2 %', over.median, 0.5, seconds);
    const inCpu = target('most CPU seconds of our processes in one boot', Math.max(...cpu), 1, seconds);
    if (total < 9) console.log(`note: ${total} pairs are too few for a verdict; nine or more are asked for`);
    return inTime && inCpu;
  },
});

/** @param {readonly number[]} values */
function range(values) {
  return [seconds(Math.min(...values)), seconds(Math.max(...values))];
}
