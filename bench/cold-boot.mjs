#!/usr/bin/env node
/**
 * What do trimming and direct boot save? One side is `vm-start` of debian-12 as sysmonvm builds and boots it. The
 * other is the same packages without the trimming, booted through UEFI by a QEMU command line as a person writes it
 * down. Every run is a first boot: fresh overlay, cloud-init does all its work. Ready means the same on both sides:
 * SSH banner, login, cloud-init finished without error.
 */
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { comparePairs, interleave, median, summary } from './lib/pairs.mjs';
import {
  bootPlain,
  freshOverlay,
  makeFloorImage,
  makeKey,
  makePlainSeed,
  plainFirmware,
  plainMachine,
  plainNetwork,
  untrimmedImage,
} from './lib/plain-guest.mjs';
import { seconds, table, target, times, withInterval } from './lib/report.mjs';
import { count, pairsDone, runBench } from './lib/run-bench.mjs';
import { freePort } from './lib/sandbox.mjs';

const about = `Cold boot of debian-12 until ready, against its untrimmed recipe booted through UEFI by plain arguments

usage: node bench/cold-boot.mjs [--pairs N] [--cpus N] [--memory-mib N] [--untrimmed FILE] [--floor]
  --pairs       interleaved pairs (default 5)
  --untrimmed   a qcow2 file of the recipe debian-12-untrimmed; without it the image is built and cached
  --floor       also boot an image of debvm-create (no cloud-init) by its kernel, to show what is left to gain
target: paired median at most half`;

const name = 'bench';

await runBench({
  about,
  options: {
    pairs: { type: 'string', default: '5' },
    cpus: { type: 'string', default: '2' },
    'memory-mib': { type: 'string', default: '2048' },
    untrimmed: { type: 'string' },
    floor: { type: 'boolean', default: false },
  },
  measure: async (sandbox, values) => {
    const total = count(values['pairs'], 'pairs');
    const memoryMib = count(values['memory-mib'], 'memory-mib', 512);
    const cpus = String(count(values['cpus'], 'cpus'));
    const size = ['--image', 'debian-12', '--cpus', cpus, '--memory', `${memoryMib}M`];
    process.stderr.write('images\n');
    sandbox.run(['fetch-image', '--image', 'debian-12']);
    const untrimmed = values['untrimmed'] ? String(values['untrimmed']) : untrimmedImage(sandbox);
    sandbox.run(['vm-create', name, ...size, '--ssh-port', String(await freePort())]);
    const { directory } = sandbox.json(['vm-status', name]).vm;
    const { plan } = sandbox.json(['plan', name, ...size, '--boot', 'uefi']);
    const disks = ['disk.qcow2', 'vars.qcow2'].map((file) => join(directory, file)).filter((file) => existsSync(file));
    const freshCopy = (/** @type {string} */ disk) => join(sandbox.root, `fresh-${disk.split('/').at(-1)}`);
    for (const disk of disks) copyFileSync(disk, freshCopy(disk));

    const ours = async () => {
      for (const disk of disks) copyFileSync(freshCopy(disk), disk);
      const startedAt = performance.now();
      sandbox.run(['vm-start', name]);
      const ready = (performance.now() - startedAt) / 1000;
      const { vm } = sandbox.json(['vm-status', name]);
      sandbox.run(['vm-stop', name, '--force']);
      return { ready, marks: vm.boot };
    };

    const accelerator = plan.accelerator.value;
    const machine = plainMachine({ accelerator, cpus, memoryMib });
    const { key, publicKey } = makeKey(sandbox.root);
    const seed = makePlainSeed(sandbox.root, publicKey);
    const overlay = join(sandbox.root, 'plain.qcow2');
    const plain = async () => {
      rmSync(overlay, { force: true });
      const args = [
        ...machine,
        ...plainFirmware(plan.firmware, sandbox.root),
        ...freshOverlay(untrimmed, 'qcow2', overlay),
        '-drive',
        `if=virtio,format=raw,readonly=on,file=${seed}`,
        '-serial',
        `file:${join(sandbox.root, 'plain-console.log')}`,
      ];
      const withNetwork = (/** @type {number} */ port) => [...args, ...plainNetwork(port)];
      return bootPlain(sandbox, { qemu: plan.qemu.path, args: withNetwork, user: 'bench', key, cloudInit: true });
    };

    const runs = await interleave(total, ours, plain, pairsDone(total));
    const ourReady = runs.ours.map((run) => run.ready);
    const plainReady = runs.theirs.map((run) => run.ready);
    const compared = comparePairs(ourReady, plainReady);
    const rows = [
      ['debian-12, sysmonvm vm-start', ...spread(ourReady)],
      ['debian-12-untrimmed, UEFI, plain QEMU', ...spread(plainReady)],
      ['  its SSH banner', ...spread(runs.theirs.map((run) => run.banner))],
    ];
    if (values['floor']) {
      process.stderr.write('floor\n');
      const floor = makeFloorImage(sandbox.root, publicKey);
      const boots = [];
      for (let index = 0; index < Math.min(total, 3); index++) {
        rmSync(overlay, { force: true });
        const args = [
          ...machine,
          ...freshOverlay(floor.image, 'raw', overlay),
          ...['-kernel', floor.kernel, '-initrd', floor.initrd, '-append', 'root=LABEL=debvm rw console=ttyS0'],
          ...['-serial', `file:${join(sandbox.root, 'floor-console.log')}`],
        ];
        const withNetwork = (/** @type {number} */ port) => [...args, ...plainNetwork(port)];
        boots.push(
          await bootPlain(sandbox, { qemu: plan.qemu.path, args: withNetwork, user: 'root', key, cloudInit: false }),
        );
      }
      rows.push(['floor: debvm-create, kernel boot, no cloud-init', ...spread(boots.map((boot) => boot.ready))]);
      rows.push(['  its SSH banner', ...spread(boots.map((boot) => boot.banner))]);
    }
    console.log(
      `Measured: ${total} interleaved pairs, first boots, ${cpus} CPU, ${memoryMib} MiB, ${accelerator}; seconds until ready`,
    );
    console.log(table([['', 'median', 'least', 'most'], ...rows]));
    console.log(`paired ratio ${withInterval(compared.ratio, times)}\n`);
    console.log('Where the time of our boot goes (medians; marks that every boot showed)');
    console.log(
      table([['mark', 'since start', 'since the mark before'], ...stages(runs.ours.map((run) => run.marks))]),
    );
    console.log();
    return target(
      'paired ratio',
      summary(ourReady.map((value, index) => value / plainReady[index])).median,
      0.5,
      times,
    );
  },
});

/** @param {readonly number[]} values */
function spread(values) {
  return [median(values), Math.min(...values), Math.max(...values)].map(seconds);
}

/** @param {{ at: string | number } | undefined} mark */
function timeOf(mark) {
  return mark === undefined ? Number.NaN : new Date(mark.at).getTime();
}

/** @param {readonly (readonly { name: string, at: string | number }[])[]} boots */
function stages(boots) {
  const names = boots[0]
    .map(({ name: mark }) => mark)
    .filter((mark) => boots.every((marks) => marks.some((m) => m.name === mark)));
  const since = (/** @type {readonly { name: string, at: string | number }[]} */ marks, /** @type {string} */ mark) =>
    (timeOf(marks.find((m) => m.name === mark)) - timeOf(marks[0])) / 1000;
  let before = 0;
  return names
    .map((mark) => ({ mark, at: median(boots.map((marks) => since(marks, mark))) }))
    .sort((a, b) => a.at - b.at)
    .map(({ mark, at }) => {
      const row = [mark, seconds(at), seconds(at - before)];
      before = at;
      return row;
    });
}
