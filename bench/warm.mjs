#!/usr/bin/env node
/**
 * How soon does a fresh VM answer when it is forked from a template, and what bounds it?
 *
 * The clock runs from QEMU's spawn (its start time in /proc, in steps of 10 ms) to the answer; for a member of a pool,
 * whose QEMU runs already, from the command's first act on the VM. What the command needs before that is a column of
 * its own. The floor beside each fork is a bare QEMU with the fork's own argument list, restored by hand: what is left
 * between the two is ours, what remains of the floor is QEMU's and the guest's.
 */
import { median } from './lib/pairs.mjs';
import { makeKey } from './lib/plain-guest.mjs';
import { seconds, table } from './lib/report.mjs';
import { restoreByHand } from './lib/restored-by-hand.mjs';
import { count, runBench } from './lib/run-bench.mjs';
import { coldStarts } from './lib/warm-cold.mjs';
import { makePool } from './lib/warm-pool.mjs';
import { judge, missingOf, rowsOf, stagesOf } from './lib/warm-report.mjs';
import { forksInARow, memoryOfForks } from './lib/warm-rows.mjs';
import { handFork, ourShare, timedFork, timedNothing, timedRun } from './lib/warm-runs.mjs';

const about = `Warm start of debian-12: forks and pool members against cold starts and a bare QEMU restored by hand

usage: node bench/warm.mjs [--pairs N] [--colds N] [--arch ARCH] [--image ID] [--quick] [--no-cold]
  --pairs   rounds of forks (default 7); each round has every warm way once and the bare QEMU beside it
  --colds   cold starts of each kind (default 3)
  --arch    architecture of the guest (default: the host's); other cold starts than our own are x86_64 only
  --image   image of the guest (default debian-12)
  --quick   two rounds, one cold start of each kind, three forks in a row
  --no-cold without cold starts, and so without ratios
  --no-pool without a pool
targets: see the lines at the end`;

await runBench({
  about,
  options: {
    pairs: { type: 'string', default: '7' },
    colds: { type: 'string', default: '3' },
    arch: { type: 'string' },
    image: { type: 'string', default: 'debian-12' },
    memory: { type: 'string', default: '2048' },
    quick: { type: 'boolean', default: false },
    'no-pool': { type: 'boolean', default: false },
    'no-cold': { type: 'boolean', default: false },
  },
  measure: async (sandbox, values) => {
    const quick = values['quick'] === true;
    const rounds = quick ? 2 : count(values['pairs'], 'pairs');
    const colds = values['no-cold'] ? 0 : quick ? 1 : count(values['colds'], 'colds');
    const memoryMib = count(values['memory'], 'memory', 256);
    const image = String(values['image']);
    const arch = values['arch'] ? ['--arch', String(values['arch'])] : [];
    const size = ['--image', image, ...arch, '--cpus', '2', '--memory', `${memoryMib}M`];
    const { key, publicKey } = makeKey(sandbox.root);
    const note = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

    note('image and template');
    sandbox.run(['fetch-image', '--image', image, ...arch]);
    const frozenAt = performance.now();
    sandbox.run(['template', 'create', 'bench', ...size, '--ssh-key', `${key}.pub`]);
    const frozen = (performance.now() - frozenAt) / 1000;
    const hand = await handFork(sandbox, 'bench', key);
    const pool = values['no-pool'] ? undefined : await makePool(sandbox, 'bench');

    /** @type {import('./lib/warm-report.mjs').WarmRuns} */
    const runs = { nothing: [], fork: [], ssh: [], agent: [], poolSsh: [], poolAgent: [], handSsh: [], handAgent: [] };
    const fromTemplate = (/** @type {string} */ name, /** @type {string} */ via) =>
      timedRun(sandbox, name, ['--template', 'bench', '--via', via]);
    for (let round = 0; round < rounds; round++) {
      note(`round ${round + 1} of ${rounds}`);
      const ways = [
        async () => runs.nothing.push(timedNothing(sandbox)),
        async () => {
          runs.fork.push(await timedFork(sandbox, 'bench', `fork${round}`));
          sandbox.run(['vm-destroy', `fork${round}-1`, '--yes']);
        },
        async () => runs.handSsh.push(await restoreByHand(sandbox, hand, 'ssh')),
        async () => runs.ssh.push(await fromTemplate(`ssh-${round}`, 'ssh')),
        async () => runs.handAgent.push(await restoreByHand(sandbox, hand, 'agent')),
        async () => runs.agent.push(await fromTemplate(`agent-${round}`, 'agent')),
        async () => pool && runs.poolSsh.push(await pool.timedRun(`pool-ssh-${round}`, 'ssh')),
        async () => pool && runs.poolAgent.push(await pool.timedRun(`pool-agent-${round}`, 'agent')),
      ];
      for (const way of round % 2 === 0 ? ways : ways.toReversed()) await way();
    }
    await pool?.destroy();
    sandbox.run(['vm-destroy', 'hand-1', '--yes']);
    const row = await forksInARow(sandbox, 'bench', quick ? 3 : 10, note);
    const memory = await memoryOfForks(sandbox);
    for (const { name } of sandbox.json(['vm-list']).vms) sandbox.run(['vm-destroy', name, '--yes']);
    const { plan } = sandbox.json(['plan', 'cold', ...size, '--boot', 'uefi']);
    const cold = await coldStarts(sandbox, { count: colds, size, memoryMib, key, publicKey, plan, note });

    const share = runs.fork.map((fork, index) => ourShare(fork, runs.handSsh[index], runs.nothing[index]));
    console.log(
      `Measured: ${rounds} rounds, ${colds} cold starts of each kind, ${image}, ${plan.arch}, 2 CPU, ${memoryMib} MiB, ${plan.accelerator.value}; medians (least to most)`,
    );
    console.log(`The template was made in ${seconds(frozen)}: a boot, and freezing it\n`);
    console.log(table(rowsOf(runs, cold)));
    for (const line of missingOf(cold)) console.log(line);
    console.log('\nWhere the time of a fork goes, and of the bare QEMU that is restored by hand (since the spawn)');
    console.log(table(stagesOf(runs)));
    console.log(
      `\nOur own share: ${seconds(median(share.map(({ all }) => all)))}, of it before the spawn ${seconds(median(share.map(({ before }) => before)))} (without the start of the command), longer restore than by hand ${seconds(median(share.map(({ restore }) => restore)))}, after the last answer ${seconds(median(share.map(({ after }) => after)))}`,
    );
    console.log(`Forks one after another, spawn to SSH banner: ${row.forks.map(seconds).join(', ')}`);
    const mib = (/** @type {number} */ bytes) => `${Math.round(bytes / 1024 ** 2)} MiB`;
    console.log(
      `Memory of ${memory.count} idle forks: ${mib(memory.together)} together, shared pages counted once; one alone has ${mib(memory.resident)} resident, ${mib(memory.private)} private\n`,
    );
    return judge({ runs, cold, share, row, memory });
  },
});
