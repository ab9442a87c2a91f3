/** APT for real: this machine's package lists, without installing anything. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageFor } from '../../../src/core/facts/tool-packages.ts';
import { wantedTools } from '../../../src/core/facts/wanted-tools.ts';
import { guestArchs } from '../../../src/core/host-facts.ts';
import { aptListsAreStale } from '../../../src/host/packages/package-choice.ts';
import { createToolInstaller } from '../../../src/host/packages/tool-installer.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { bundleFixture } from '../../support/bundle-fixture.ts';
import { strictPrograms } from '../../support/strict-programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const execute = promisify(execFile);
const runner = createProcessRunner();
const aptGet = await runner.which('apt-get');
const sudo = await runner.which('sudo');
const isRoot = process.getuid?.() === 0;
const own = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const nobody = 65_534;
const quiet = { interactive: false, onLine: () => undefined };
const simulate = (packages: readonly string[]) =>
  runner.run('apt-get', ['install', '-s', '--no-install-recommends', ...packages]);

describe.skipIf(aptGet === undefined)('Debian and Ubuntu [R-16, R-17, R-22]', () => {
  const installer = createToolInstaller({ runner, env: process.env });

  it('inspects every tool and tells each once', async () => {
    const findings = await installer.inspect();
    expect(new Set(findings.map(({ tool }) => tool)).size).toBe(findings.length);
    for (const { status, path, version, minimumVersion, tool } of findings) {
      if (status === 'present') expect(path, tool).toMatch(/^\//);
      if (status === 'present' && minimumVersion !== undefined) expect(version, tool).toMatch(/^\d+\.\d+/);
    }
    expect(await installer.inspect()).toEqual(findings);
  });

  it('takes the QEMU that the environment names, and says when it is not there', async () => {
    const env = { [`SYSMONVM_QEMU_${own.toUpperCase()}`]: '/nowhere/qemu' };
    const findings = await createToolInstaller({ runner, env }).inspect();
    expect(findings.find(({ tool }) => tool === `qemu-system-${own}`)).toMatchObject({
      status: 'missing',
      note: expect.stringContaining('/nowhere/qemu'),
    });
  });

  it('plans nothing exactly when nothing that is required is missing [R-21]', async () => {
    const findings = await installer.inspect();
    const complete = findings.every(({ required, status }) => !required || status === 'present');
    expect((await installer.planInstall(findings)) === undefined).toBe(complete);
    const all = findings.map((finding) => ({ ...finding, status: 'present' as const }));
    expect(await installer.planInstall(all)).toBeUndefined();
  });

  it('plans packages that exist for everything that a narrowed PATH hides', async () => {
    const programs = await strictPrograms();
    await programs.link('apt-get', aptGet ?? '');
    const narrow = createToolInstaller({
      runner: programs.runner,
      env: {},
      userId: nobody,
      arch: 'x86_64',
      firmware: async () => undefined,
    });
    const plan = await narrow.planInstall(await narrow.inspect());
    expect(plan?.manager).toBe('apt');
    expect(plan?.packages).toEqual(
      expect.arrayContaining([
        'dosfstools',
        'genisoimage',
        'mmdebstrap',
        'mtools',
        'ovmf',
        'qemu-system-x86',
        'qemu-utils',
        'uidmap',
      ]),
    );
    expect(plan?.packages).not.toContain('golang-go');
    expect(plan?.commands.at(-1)?.slice(0, 4)).toEqual(['sudo', 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']);
    const { exitCode } = await simulate(plan?.packages ?? []);
    expect(exitCode).toBe(0);
  });

  it('knows an existing package for every tool, also the optional ones', async () => {
    const host = { platform: 'linux', arch: 'x86_64', debianFamily: true, root: false } as const;
    const keys = [
      ...wantedTools(host).map(({ packageKey }) => packageKey),
      ...guestArchs.map((arch) => `firmware-${arch}`),
    ];
    const names = keys.map((key) => packageFor(key, { manager: 'apt' }) ?? `no package for ${key}`);
    expect((await simulate([...new Set(names)])).exitCode).toBe(0);
  });

  it.skipIf(!isRoot)('runs the commands of a plan, shows their lines, and shows why one failed', async () => {
    const command = (name: string) => ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-s', name];
    const lines: string[] = [];
    const plan = (name: string) => ({ manager: 'apt', packages: [name], commands: [command(name)] }) as const;
    await installer.install(plan('genisoimage'), { interactive: false, onLine: (line) => lines.push(line) });
    expect(lines.join('\n')).toContain('Reading package lists');
    await expect(installer.install(plan('no-such-package-at-all'), quiet)).rejects.toMatchObject({
      code: 'host.install-failed',
      message: expect.stringContaining('Unable to locate package no-such-package-at-all'),
      next: ['env DEBIAN_FRONTEND=noninteractive apt-get install -s no-such-package-at-all'],
    });
  });

  it.skipIf(!isRoot || sudo === undefined)(
    'shows the command to run by hand when the real sudo refuses an unprivileged user',
    async () => {
      const program = await bundleFixture('install-as-nobody.mjs');
      await chmod(dirname(program), 0o755);
      const { stdout } = await execute(process.execPath, [program], {
        uid: nobody,
        gid: nobody,
        cwd: '/',
        env: { PATH: process.env['PATH'] ?? '' },
      });
      expect(JSON.parse(stdout)).toEqual({
        code: 'host.permission',
        message: expect.stringContaining('sudo'),
        next: ['sudo env DEBIAN_FRONTEND=noninteractive apt-get install -s genisoimage'],
      });
    },
  );
});

describe('the package lists of APT', () => {
  const day = 24 * 60 * 60 * 1000;

  it('are stale when there are none, or when APT has not looked for a day, whatever the mirror dates them', async () => {
    const directory = await temporaryDirectory();
    const now = Date.now();
    expect(await aptListsAreStale(join(directory, 'absent'), now)).toBe(true);
    await mkdir(join(directory, 'partial'));
    expect(await aptListsAreStale(directory, now)).toBe(true);
    const list = join(directory, 'mirror_debian_dists_bookworm_main_binary-amd64_Packages.lz4');
    await writeFile(list, '');
    await utimes(list, new Date(0), new Date(0));
    expect(await aptListsAreStale(directory, now)).toBe(false);
    expect(await aptListsAreStale(directory, now + 2 * day)).toBe(true);
    await utimes(directory, new Date(0), new Date(0));
    expect(await aptListsAreStale(directory, now)).toBe(false);
  });
});
