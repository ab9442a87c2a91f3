import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workbench } from '../support/workbench.ts';

/** A real distribution with cloud-init, which must not come up. One that does: measured-guest.test.ts. */
const size = ['--image', 'debian-12', '--cpus', '2', '--memory', '1G', '--disk', '10G'];
let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'debian-12']);
}, 900_000);
afterAll(() => bench.dispose());

describe('a provisioning step that fails, booted through UEFI', () => {
  it('is a failure of the guest (exit 6) that shows the log lines, and the VM is ended [R-39]', async () => {
    const file = join(bench.root, 'broken.yaml');
    await writeFile(
      file,
      '#cloud-config\nruncmd:\n  - [sh, -c, "ls -d /sys/firmware/efi >&2; echo the-reason-why >&2; exit 3"]\n',
    );
    const up = await bench.run(['up', 'deb', ...size, '--boot', 'uefi', '--cloud-init', file]);
    expect(up.code, up.stderr).toBe(6);
    expect(up.stderr).toContain('guest.provisioning-failed');
    expect(up.stderr).toMatch(/\/sys\/firmware\/efi\n[\s\S]*the-reason-why/);
    type Status = { readonly vm: { readonly state: string; readonly firmware: { readonly digest: string } } };
    const { vm } = await bench.json<Status>(['vm-status', 'deb']);
    expect(vm.firmware.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(vm.state).toBe('failed');
    await bench.ok(['vm-destroy', 'deb', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });

  it('a cloud-config that is wrong is refused before anything boots, with its line', async () => {
    const file = join(bench.root, 'wrong.yaml');
    await writeFile(file, '#cloud-config\npackges: [curl]\n');
    const up = await bench.run(['up', 'deb', ...size, '--cloud-init', file]);
    expect(up.code).toBe(3);
    expect(up.stderr).toContain('wrong.yaml');
    expect(up.stderr).toMatch(/packages/);
    expect(await bench.leftovers()).toEqual([]);
  });
});
