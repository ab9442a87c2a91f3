import { describe, expect, it } from 'vitest';
import {
  containersApplyScript,
  containersCheckScript,
  perfToolsCheckScript,
} from '../../../src/core/bootstrap/scripts/packages-script.ts';
import { guestTree } from '../../support/guest-tree.ts';

const dockerVersion = { args: 'version --format {{.Server.Version}}' };

describe.each(['dash', 'bash'] as const)('packages in %s', (shell) => {
  it('containers: the runtime that answers is named; podman counts where there is no docker', async () => {
    const tree = await guestTree(shell);
    await tree.programs.add('podman', { args: 'version --format {{.Version}}', out: '4.3.1' });
    expect(await tree.run(containersCheckScript, ['debian'])).toMatchObject({ code: 0, last: 'podman 4.3.1' });
    await tree.programs.add('docker', { ...dockerVersion, code: 1 });
    expect(await tree.run(containersCheckScript, ['debian'])).toMatchObject({ code: 10 });
    await tree.programs.add('docker', { ...dockerVersion, out: '20.10.24' });
    expect(await tree.run(containersCheckScript, ['debian'])).toMatchObject({ code: 0, last: 'docker 20.10.24' });
  });

  it.each([
    ['docker-ce where a repository has it', { code: 0 }, 'docker-ce docker-ce-cli containerd.io'],
    ['podman where none has docker', { code: 1 }, 'podman'],
  ])('containers: dnf installs %s [R-07]', async (_, offered, installed) => {
    const tree = await guestTree(shell);
    await tree.programs.add(
      'dnf',
      { args: '-q list docker-ce', ...offered },
      { args: '-q list docker.io', code: 1 },
      { args: `-y --setopt=install_weak_deps=False install ${installed}` },
    );
    expect(await tree.run(containersApplyScript, ['el'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('perf-tools: a perf that is not made for the running kernel does not count', async () => {
    const tree = await guestTree(shell);
    await tree.programs.add('cpupower');
    await tree.programs.add('perf', { args: '--version', code: 2 });
    expect(await tree.run(perfToolsCheckScript, ['debian'])).toMatchObject({
      code: 10,
      last: expect.stringContaining('perf is not there for kernel'),
    });
  });
});
