import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  cpufreqApplyScript,
  cpufreqCheckScript,
  governorApplyScript,
  governorCheckScript,
  perfAccessApplyScript,
  perfAccessCheckScript,
} from '../../../src/core/bootstrap/scripts/processor-script.ts';
import { guestTree } from '../../support/guest-tree.ts';

const cpu = 'sys/devices/system/cpu';
const any = ['debian'] as const;

describe.each(['dash', 'bash'] as const)('steps of the processors in %s', (shell) => {
  async function withGovernors(offered: string, ...now: readonly string[]) {
    const tree = await guestTree(shell);
    for (const [index, governor] of now.entries()) {
      await tree.put(`${cpu}/cpu${index}/cpufreq/scaling_available_governors`, `${offered}\n`);
      await tree.put(`${cpu}/cpu${index}/cpufreq/scaling_governor`, `${governor}\n`);
    }
    return tree;
  }

  it('governor: performance on each processor, at every boot too, and then nothing is left to do [R-52]', async () => {
    const tree = await withGovernors('powersave performance', 'performance', 'powersave');
    expect(await tree.run(governorCheckScript, any)).toMatchObject({ code: 10, last: 'the governor is powersave' });
    expect(await tree.run(governorApplyScript, any)).toMatchObject({ code: 0 });
    expect(await tree.run(governorCheckScript, any)).toMatchObject({
      code: 0,
      last: 'performance on 2 processors, at every boot',
    });
    expect(await tree.read(`${cpu}/cpu1/cpufreq/scaling_governor`)).toBe('performance\n');
    expect(await tree.read('etc/tmpfiles.d/sysmonvm-governor.conf')).toContain('scaling_governor - - - - performance');
  });

  it('governor: without governors, or without that one, it cannot be so [R-52]', async () => {
    const none = await guestTree(shell);
    expect(await none.run(governorCheckScript, any)).toMatchObject({
      code: 77,
      last: 'the kernel of the guest has no governors: no cpufreq',
    });
    const other = await withGovernors('schedutil', 'schedutil');
    expect(await other.run(governorCheckScript, any)).toMatchObject({
      code: 77,
      last: 'the governor performance is not offered, only: schedutil',
    });
  });

  it('cpufreq: a driver that is there is left alone [R-50]', async () => {
    const tree = await guestTree(shell);
    await tree.put(`${cpu}/cpu0/cpufreq/scaling_driver`, 'cppc_cpufreq\n');
    expect(await tree.run(cpufreqCheckScript, any)).toMatchObject({
      code: 0,
      last: "the kernel's driver is cppc_cpufreq",
    });
  });

  it('cpufreq: a kernel without the modules cannot have it [R-50]', async () => {
    const tree = await guestTree(shell);
    await tree.programs.add(
      'modprobe',
      ...['cpufreq-dt', 'virtual-cpufreq', 'acpi-cpufreq'].map((name) => ({ args: `-n ${name}`, code: 1 })),
    );
    expect(await tree.run(cpufreqCheckScript, any)).toMatchObject({
      code: 77,
      last: expect.stringContaining('no module'),
    });
  });

  it('cpufreq: a module that brings nothing is taken out again, and not tried twice in a boot [R-50]', async () => {
    const tree = await guestTree(shell);
    await tree.programs.add(
      'modprobe',
      { args: '-n cpufreq-dt' },
      { args: '-n virtual-cpufreq', code: 1 },
      { args: '-n acpi-cpufreq' },
      { args: 'cpufreq-dt' },
      { args: '-r cpufreq-dt' },
      { args: 'acpi-cpufreq', code: 1 },
    );
    expect(await tree.run(cpufreqCheckScript, any)).toMatchObject({
      code: 10,
      last: 'modules that can be tried: cpufreq-dt acpi-cpufreq',
    });
    const reason = { code: 77, last: 'the machine offers no frequency control; tried: cpufreq-dt acpi-cpufreq' };
    expect(await tree.run(cpufreqApplyScript, any)).toMatchObject(reason);
    expect(await tree.programs.calls('modprobe')).toContain('-r cpufreq-dt');
    expect(await tree.run(cpufreqCheckScript, any)).toMatchObject(reason);
  });

  it('cpufreq: a module that works is loaded at every boot [R-50]', async () => {
    const tree = await guestTree(shell);
    await tree.makeDirectory(`${cpu}/cpu0/cpufreq`);
    const program = join(tree.programs.folder, 'modprobe');
    await writeFile(program, `#!/bin/sh\n[ "$1" = -n ] || echo cpufreq-dt >/${cpu}/cpu0/cpufreq/scaling_driver\n`);
    await chmod(program, 0o755);
    expect(await tree.run(cpufreqCheckScript, any)).toMatchObject({ code: 10 });
    expect(await tree.run(cpufreqApplyScript, any)).toMatchObject({ code: 0 });
    expect(await tree.run(cpufreqCheckScript, any)).toMatchObject({ code: 0 });
    expect(await tree.read('etc/modules-load.d/sysmonvm-cpufreq.conf')).toBe('cpufreq-dt\n');
  });

  it('perf-access: now and at every boot; half of it is not enough [R-56]', async () => {
    const tree = await guestTree(shell);
    await tree.put('proc/sys/kernel/perf_event_paranoid', '3\n');
    expect(await tree.run(perfAccessCheckScript, any)).toMatchObject({
      code: 10,
      last: 'kernel.perf_event_paranoid is 3',
    });
    expect(await tree.run(perfAccessApplyScript, any)).toMatchObject({ code: 0 });
    expect(await tree.run(perfAccessCheckScript, any)).toMatchObject({ code: 0 });
    expect(await tree.read('proc/sys/kernel/perf_event_paranoid')).toBe('1\n');
    await tree.put('etc/sysctl.d/99-sysmonvm-perf.conf', '# nothing\n');
    expect(await tree.run(perfAccessCheckScript, any)).toMatchObject({
      code: 10,
      last: expect.stringContaining('next boot'),
    });
  });

  it('perf-access: a kernel without performance events cannot have it [R-56]', async () => {
    expect(await (await guestTree(shell)).run(perfAccessCheckScript, any)).toMatchObject({ code: 77 });
  });
});
