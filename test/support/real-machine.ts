import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { deadlineIn } from '../../src/core/deadline.ts';
import type { QmpSession } from '../../src/core/ports/vm-launcher.ts';
import { qemuArguments, type RunOfVm } from '../../src/core/qemu/qemu-arguments.ts';
import { createDisks } from '../../src/host/disks/create-disks.ts';
import { createProcessRunner } from '../../src/host/process/process-runner.ts';
import { systemClock as clock } from '../../src/host/process/system-clock.ts';
import { createLauncher } from '../../src/host/qemu/launcher.ts';
import { createTextFiles } from '../../src/host/store/text-files.ts';
import { hostFacts, keptResources, planFor } from './plan-fixtures.ts';

const runner = createProcessRunner();
const files = createTextFiles(clock);
export const machineDependencies = { clock, files, disks: async () => createDisks({ runner }) };

/** Something to find again in the memory of a machine, out of its firmware's way. */
export const content = randomBytes(24 * 1024 * 1024);
const contentAt = 64 * 1024 * 1024;

export interface RealMachine {
  readonly qmp: QmpSession;
  readonly kept: ReturnType<typeof keptResources>;
  readonly words: () => Promise<readonly string[]>;
  readonly ended: () => Promise<boolean>;
  /** What lies where the content was put. */
  memory(): Promise<Buffer>;
  quit(): Promise<void>;
}

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const quit of running.splice(0)) await quit().catch(() => undefined);
});

/** The parts of a VM with UEFI firmware, as create makes them; machines may be started on them one after another. */
export async function machineParts(directory: string) {
  const kept = keptResources(directory, join(directory, 's'));
  mkdirSync(kept.socketDirectory, { recursive: true });
  await runner.run('qemu-img', ['create', '-q', '-f', 'qcow2', kept.baseImagePath, '64M']);
  const disks = createDisks({ runner });
  await disks.createOverlay(kept.baseImagePath, 'qcow2', kept.overlayPath, 1);
  await disks.createVars('/usr/share/OVMF/OVMF_VARS_4M.fd', 'raw', kept.varsPath ?? '');
  writeFileSync(kept.seedPath, Buffer.alloc(1024 * 1024));
  writeFileSync(join(directory, 'content'), content);
  return kept;
}

/** With the arguments of the product, standing still; `filled` puts the content into its memory. */
export async function startMachine(
  qemuPath: string,
  kept: ReturnType<typeof keptResources>,
  run: Pick<RunOfVm, 'memory' | 'incoming'> & { readonly name: string; readonly filled?: boolean },
): Promise<RealMachine> {
  const facts = hostFacts('linux', 'x86_64');
  const plan = planFor(
    { image: 'debian-12', boot: 'uefi', accel: 'tcg', memory: '256M', cpus: '1', disk: '1G' },
    { ...facts, qemu: { path: qemuPath, version: '7.2', digest: 'sha256:0' } },
    { name: run.name, cachedImage: { digest: `sha256:${'0'.repeat(64)}`, virtualSizeBytes: 64 * 1024 ** 2 } },
  );
  const runDirectory = join(kept.directory, run.name);
  mkdirSync(runDirectory, { recursive: true });
  const socket = (name: string): string => join(kept.socketDirectory, `${run.name}-${name}`);
  const sockets = { qmp: socket('q'), console: socket('c'), agent: socket('a'), renewal: socket('r') };
  const args = qemuArguments(plan, kept, { ...run, ports: [], sockets, logDirectory: runDirectory });
  const loader = ['-device', `loader,file=${join(kept.directory, 'content')},addr=${contentAt},force-raw=on`];
  const launcher = createLauncher({ runner, files, clock, env: process.env });
  const { process: child, guardian } = await launcher.launch({
    executable: qemuPath,
    args: [...args, ...(run.incoming ? [] : ['-S']), ...(run.filled ? loader : [])],
    runId: run.name,
    runDirectory,
  });
  const quit = async (): Promise<void> => {
    await runner.kill(child, 'SIGKILL');
    while ((await runner.isAlive(child)) || (await runner.isAlive(guardian))) await clock.sleep(10);
  };
  running.push(quit);
  const qmp = await launcher.connect(sockets.qmp, deadlineIn(clock, 20_000));
  return {
    qmp,
    kept,
    quit,
    words: () => launcher.ownWords(runDirectory),
    ended: async () => !(await runner.isAlive(child)),
    async memory() {
      const filename = join(runDirectory, 'memory');
      await qmp.execute('pmemsave', { val: contentAt, size: content.length, filename });
      const { readFile } = await import('node:fs/promises');
      return readFile(filename);
    },
  };
}

/** Runs the firmware for a moment, so that there is a state which a machine that only just started has not. */
export async function runAMoment({ qmp }: RealMachine): Promise<void> {
  await qmp.execute('cont');
  await clock.sleep(200);
  await qmp.execute('stop');
}

export async function statusOf({ qmp }: RealMachine): Promise<string> {
  return (await qmp.execute<{ status: string }>('query-status')).status;
}
