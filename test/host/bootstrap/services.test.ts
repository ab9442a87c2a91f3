import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  clockApplyScript,
  clockCheckScript,
  sshApplyScript,
  sshCheckScript,
} from '../../../src/core/bootstrap/scripts/services-script.ts';
import { ensureProgram } from '../../support/ensure-sshd.ts';
import { guestTree } from '../../support/guest-tree.ts';

const include = 'Include /etc/ssh/sshd_config.d/*.conf\n';
const lax = 'PasswordAuthentication yes\nPermitRootLogin yes\n';

beforeAll(() => {
  ensureProgram('sshd');
});

describe.each(['dash', 'bash'] as const)('SSH and clock in %s', (shell) => {
  /** The real sshd reads this configuration. */
  async function withSshd(config: string) {
    const tree = await guestTree(shell);
    await tree.put('etc/passwd', 'root:x:0:0::/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n');
    await tree.put('etc/group', 'root:x:0:\nnogroup:x:65534:\n');
    await tree.makeDirectory('run/sshd');
    await tree.put('etc/ssh/sshd_config', config);
    const key = join(tree.root, 'etc/ssh/ssh_host_ed25519_key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await chmod(key, 0o600);
    return tree;
  }

  it.each([
    ['with a folder of settings (EL 9, Debian)', include + lax],
    ['without one (EL 8)', lax],
  ])('sshd %s: keys only, and not root; again nothing is left to do [R-53]', async (_, config) => {
    const tree = await withSshd(config);
    expect(await tree.run(sshCheckScript, ['el'])).toMatchObject({ code: 10 });
    expect(await tree.run(sshApplyScript, ['el'])).toMatchObject({ code: 0, stderr: '' });
    expect(await tree.run(sshCheckScript, ['el'])).toMatchObject({ code: 0, last: 'keys only; root: no' });
    const once = await tree.read('etc/ssh/sshd_config');
    expect(await tree.run(sshApplyScript, ['el'])).toMatchObject({ code: 0 });
    expect(await tree.read('etc/ssh/sshd_config')).toBe(once);
    expect(once).toContain(config);
  });

  it('sshd: our settings come before those of cloud-init, which would win otherwise [R-53]', async () => {
    const tree = await withSshd(include);
    await tree.put('etc/ssh/sshd_config.d/50-cloud-init.conf', lax);
    await tree.run(sshApplyScript, ['debian']);
    expect(await tree.run(sshCheckScript, ['debian'])).toMatchObject({ code: 0 });
  });

  it('sshd: root stays let in with its key where root is the user of the VM [R-53]', async () => {
    const tree = await withSshd(include + lax);
    await tree.run(sshApplyScript, ['debian', 'root']);
    expect(await tree.run(sshCheckScript, ['debian', 'root'])).toMatchObject({
      code: 0,
      last: 'keys only; root: prohibit-password',
    });
    expect(await tree.run(sshCheckScript, ['debian', 'user'])).toMatchObject({ code: 10 });
  });

  it('sshd: a configuration that is broken is a failure, and stays as it is [R-53]', async () => {
    const tree = await withSshd(`${include}Nonsense yes\n`);
    expect((await tree.run(sshCheckScript, ['debian'])).code).toBe(255);
    const { code, stderr } = await tree.run(sshApplyScript, ['debian']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('Nonsense')]);
    await expect(tree.read('etc/ssh/sshd_config.d/00-sysmonvm.conf')).rejects.toThrow('ENOENT');
  });

  it.each([
    ['chrony', 0],
    ['chronyd', 1],
  ])('clock: %s is enabled and started; what is found is said [R-55]', async (name, code) => {
    const tree = await guestTree(shell);
    expect(await tree.run(clockCheckScript, ['el'])).toMatchObject({ code: 77 });
    await tree.makeDirectory('run/systemd/system');
    await tree.programs.add('chronyd');
    await tree.programs.add('chronyc', { args: '-n tracking', out: 'Leap status     : Normal' });
    const unit = { args: 'cat chrony.service', code };
    await tree.programs.add('systemctl', unit, { args: `-q is-enabled ${name}`, code: 1 });
    expect(await tree.run(clockCheckScript, ['debian'])).toMatchObject({ code: 10, last: `${name} is not enabled` });
    await tree.programs.add('systemctl', unit, { args: `enable --now ${name}` });
    expect(await tree.run(clockApplyScript, ['debian'])).toMatchObject({ code: 0 });
    await tree.programs.add('systemctl', unit, { args: `-q is-enabled ${name}` }, { args: `-q is-active ${name}` });
    expect(await tree.run(clockCheckScript, ['debian'])).toMatchObject({
      code: 0,
      last: `${name} runs at every boot; synchronisation: Normal`,
    });
  });
});
