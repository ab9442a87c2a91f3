import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tryWarmStart } from '../../../src/app/machine/warm-verdict.ts';
import { createDisks } from '../../../src/host/disks/create-disks.ts';
import { createTrialMachines } from '../../../src/host/facts/trial-machines.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { systemClock as clock } from '../../../src/host/process/system-clock.ts';
import { createLauncher } from '../../../src/host/qemu/launcher.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const runner = createProcessRunner();
const files = createTextFiles(clock);
const { env } = process;
const call = { signal: new AbortController().signal };

async function dependencies() {
  const trials = createTrialMachines(await temporaryDirectory(), env, 'linux');
  return {
    clock,
    files,
    disks: async () => createDisks({ runner }),
    launcher: async () => createLauncher({ runner, files, clock, env }),
    trialMachines: async () => trials,
  };
}

async function qemuOf(arch: string): Promise<string> {
  const path = await runner.which(`qemu-system-${arch}`);
  if (path === undefined) throw new Error(`qemu-system-${arch} is needed by this test: sysmonvm host-setup`);
  return path;
}

describe('the trial of a warm start', () => {
  it.each(['x86_64', 'aarch64'] as const)('freezes and restores a counting guest on %s', async (arch) => {
    const machine = { qemuPath: await qemuOf(arch), arch, accelerator: 'tcg' } as const;
    expect(await tryWarmStart(await dependencies(), call, machine)).toMatchObject({ works: true });
  });

  it('says in the words of QEMU why it does not work', async () => {
    const qemuPath = join(await temporaryDirectory(), 'qemu');
    await writeFile(qemuPath, '#!/bin/sh\necho "hvf: Error: HV_UNSUPPORTED" >&2\nexit 1\n');
    await chmod(qemuPath, 0o755);
    const machine = { qemuPath, arch: 'aarch64', accelerator: 'hvf' } as const;
    expect(await tryWarmStart(await dependencies(), call, machine)).toEqual({
      works: false,
      reason: 'hvf: Error: HV_UNSUPPORTED',
    });
  });

  it('sees memory that was not restored', async () => {
    const real = await qemuOf('x86_64');
    const directory = await temporaryDirectory();
    vi.stubEnv('TMPDIR', directory);
    const qemuPath = join(directory, 'qemu');
    await writeFile(
      qemuPath,
      `#!/bin/sh
case "$*" in *" -incoming "*) truncate -s 0 "$(dirname "$0")"/*/ram && truncate -s 64M "$(dirname "$0")"/*/ram ;; esac
exec ${real} "$@"
`,
    );
    await chmod(qemuPath, 0o755);
    const machine = { qemuPath, arch: 'x86_64', accelerator: 'tcg' } as const;
    expect(await tryWarmStart(await dependencies(), call, machine)).toEqual({
      works: false,
      reason: 'the memory of the restored machine is not what was frozen',
    });
    expect((await readdir(directory)).filter((name) => name.startsWith('sysmonvm-'))).toEqual([]);
  });
});

afterEach(() => vi.unstubAllEnvs());
