import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/engine.ts';
import { kvmFinding } from '../../../src/host/facts/findings/kvm-finding.ts';
import { judgeMemory } from '../../../src/host/facts/findings/memory-finding.ts';
import { portFinding } from '../../../src/host/facts/findings/port-finding.ts';
import { socketFinding } from '../../../src/host/facts/findings/socket-finding.ts';
import { workspaceFindings } from '../../../src/host/facts/findings/workspace-findings.ts';
import { collectFindings, hostFindings } from '../../../src/host/facts/host-findings.ts';
import { bundleFixture } from '../../support/bundle-fixture.ts';
import { type StrictPrograms, strictPrograms } from '../../support/strict-programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const execute = promisify(execFile);
const onLinux = process.platform === 'linux';
const asRoot = onLinux && process.getuid?.() === 0;
const nobody = 65_534;
const gib = 1024 ** 3;
const statuses = (findings: readonly Finding[]) => Object.fromEntries(findings.map(({ id, status }) => [id, status]));
const named = (findings: readonly Finding[], id: string) => findings.find((finding) => finding.id === id);

const mounted: string[] = [];
afterEach(async () => {
  for (const path of mounted.splice(0)) await execute('umount', [path]);
});

async function mountTmpfs(options: string): Promise<string> {
  const path = await temporaryDirectory('sm-tmpfs-');
  await execute('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  mounted.push(path);
  return path;
}

/** The findings as another user sees them, from a process of that user. */
async function asNobody(...args: readonly string[]): Promise<readonly Finding[]> {
  const program = await bundleFixture('host-findings.mjs');
  await chmod(dirname(program), 0o755);
  const runtime = await temporaryDirectory('sm-run-');
  await chmod(runtime, 0o777);
  const env = { PATH: process.env['PATH'] ?? '', HOME: runtime };
  const { stdout } = await execute(process.execPath, [program, ...args], { uid: nobody, gid: nobody, cwd: '/', env });
  return JSON.parse(stdout) as Finding[];
}

describe('what is found on this host [R-22]', () => {
  it('is one line each, with a remedy where something is wrong, and makes nothing', async () => {
    const directory = join(await temporaryDirectory(), 'not', 'yet', 'there');
    const findings = await hostFindings(directory);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
    for (const { id, status, summary, remedy } of findings) {
      expect(`${summary}${remedy ?? ''}`, id).not.toContain('\n');
      if (status !== 'ok') expect(remedy, id).toBeTruthy();
    }
    expect(Object.keys(statuses(findings))).toEqual(
      expect.arrayContaining([
        'user',
        'disk-space',
        'workspace',
        'memory',
        'port.2222',
        'sockets',
        ...(onLinux ? ['kvm'] : []),
      ]),
    );
    expect(named(findings, 'workspace')).toMatchObject({ status: 'ok', summary: `${directory} can be made` });
    await expect(hostFindings(directory, AbortSignal.abort())).rejects.toThrow();
  });
});

describe('the workspace [R-19]', () => {
  it.skipIf(!asRoot)(
    'has a problem below 2 GiB and a warning below 10 GiB, at the nearest parent that exists',
    async () => {
      const [small, middle, large] = [
        await mountTmpfs('size=64m'),
        await mountTmpfs('size=4g'),
        await mountTmpfs('size=11g'),
      ];
      expect(named(await workspaceFindings(join(small, 'a', 'b')), 'disk-space')).toMatchObject({
        status: 'problem',
        summary: expect.stringMatching(/^64 MiB free at /),
        remedy: expect.stringContaining('sysmonvm'),
      });
      expect(named(await workspaceFindings(middle), 'disk-space')).toMatchObject({
        status: 'warning',
        summary: expect.stringMatching(/^4\.0 GiB/),
      });
      expect(named(await workspaceFindings(large), 'disk-space')?.status).toBe('ok');
    },
  );

  it.skipIf(!asRoot)('on a read-only file system is a problem for root as well', async () => {
    const path = await mountTmpfs('size=1m,ro');
    expect(named(await workspaceFindings(join(path, 'workspace')), 'workspace')).toMatchObject({
      status: 'problem',
      summary: `${path} is on a read-only file system`,
      remedy: expect.stringContaining('--workspace'),
    });
  });

  it('cannot lie below a file', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    expect(named(await workspaceFindings(join(file, 'workspace')), 'workspace')).toMatchObject({
      status: 'problem',
      summary: `${file} is not a directory`,
    });
  });

  it.skipIf(!asRoot)('of another user is a problem for an unprivileged one', async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o755);
    const findings = await asNobody('all', join(directory, 'workspace'));
    expect(named(findings, 'workspace')).toMatchObject({
      status: 'problem',
      summary: `${directory} may not be written by this user (EACCES)`,
    });
    expect(named(findings, 'user')).toMatchObject({ status: 'ok', summary: expect.stringContaining('nobody') });
  });
});

describe.skipIf(!onLinux)('/dev/kvm [R-22]', () => {
  it('that is missing has a remedy that fits the CPU', async () => {
    const device = join(await temporaryDirectory(), 'kvm');
    expect(await kvmFinding(device)).toMatchObject({
      status: 'warning',
      summary: expect.stringContaining('does not exist'),
      remedy: expect.stringMatching(/modprobe kvm_|nested virtualisation/),
    });
  });

  it.skipIf(!asRoot)('that a group may open names the group and the command that adds the user', async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o755);
    const device = join(directory, 'kvm');
    await execute('mknod', ['-m', '660', device, 'c', '10', '232']);
    await execute('chgrp', ['video', device]);
    expect(await asNobody('kvm', device)).toEqual([
      {
        id: 'kvm',
        status: 'warning',
        summary:
          '/dev/kvm exists but user nobody may not open it (owner root, group video, mode 0660); guests are emulated',
        remedy: 'sudo usermod -aG video nobody   # then log in again',
      },
    ]);
    await chmod(device, 0o600);
    expect(await asNobody('kvm', device)).toMatchObject([
      {
        status: 'warning',
        summary: expect.stringContaining('mode 0600'),
        remedy: expect.stringContaining('usermod -aG kvm nobody'),
      },
    ]);
    await chmod(device, 0o666);
    // A device that nobody stands behind answers otherwise, but never as a matter of permission.
    expect((await asNobody('kvm', device))[0]?.summary).not.toContain('group');
  });
});

describe('memory, ports and sockets', () => {
  it('judges the memory that is available', () => {
    expect(judgeMemory(0.2 * gib)).toMatchObject({ status: 'problem', remedy: expect.stringContaining('--memory') });
    expect(judgeMemory(gib)).toMatchObject({ status: 'warning', summary: expect.stringMatching(/^1\.0 GiB/) });
    expect(judgeMemory(8 * gib).status).toBe('ok');
  });

  it('tells a port of 127.0.0.1 that is free from one in use, and lets it go', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await portFinding(port)).toMatchObject({
      id: `port.${port}`,
      status: 'ok',
      summary: expect.stringContaining('in use'),
    });
    await new Promise((resolve) => server.close(resolve));
    for (let round = 0; round < 2; round += 1)
      expect(await portFinding(port)).toMatchObject({ status: 'ok', summary: expect.stringContaining('is free') });
  });

  it('holds paths of sockets to 107 bytes on Linux and 103 on macOS', async () => {
    const runtime = async () => `/${'x'.repeat(65)}`;
    expect(await socketFinding('linux', runtime)).toMatchObject({
      status: 'ok',
      summary: expect.stringContaining('106 of 107'),
    });
    expect(await socketFinding('darwin', runtime)).toMatchObject({
      status: 'problem',
      summary: expect.stringContaining('106 bytes, 103 are possible'),
      remedy: expect.stringContaining('XDG_RUNTIME_DIR'),
    });
  });
});

describe.skipIf(!asRoot)('user namespaces, which local images need without root', () => {
  it('are really made: nobody may make them where the kernel allows it, but has no ids of its own', async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o777);
    const allowed = await execute('unshare', ['-Ur', 'true'], { uid: nobody, gid: nobody }).then(
      () => true,
      () => false,
    );
    const finding = named(await asNobody('all', directory), 'user-namespaces');
    expect(finding).toMatchObject({
      status: 'warning',
      summary: expect.stringContaining(allowed ? '/etc/subuid' : 'refused'),
    });
    if (allowed) expect(finding?.remedy).toContain('usermod --add-subuids');
  });

  it('that the limit of the kernel refuses are found, with the switch that was found to be off', async () => {
    const program = await bundleFixture('host-findings.mjs');
    await chmod(dirname(program), 0o755);
    const directory = await temporaryDirectory();
    // The limit is set inside a namespace of its own, so nothing else on this machine meets it.
    const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
    const run = [
      '-Ur',
      'sh',
      '-c',
      script,
      'sh',
      process.execPath,
      program,
      'all',
      directory,
      String(process.getuid?.() ?? 0),
    ];
    const env = { PATH: process.env['PATH'] ?? '', HOME: directory };
    const asOrdinary = run.map((word, index) => (index === run.length - 1 ? '1000' : word));
    const { stdout } = await execute('unshare', asOrdinary, { env });
    expect(named(JSON.parse(stdout) as Finding[], 'user-namespaces')).toMatchObject({
      status: 'warning',
      summary: expect.stringContaining('refused'),
      remedy: 'sudo sysctl user.max_user_namespaces=15000',
    });
    expect(named(await hostFindings(directory), 'user-namespaces')).toBeUndefined();
  });
});

describe('macOS [R-04, R-18]', () => {
  const plist = (value: string) => `<plist><dict><key>com.apple.security.hypervisor</key><${value}/></dict></plist>`;
  const vmStat =
    'Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:  65536.\nPages active:  9.\nPages inactive:  131072.\n' +
    'Pages speculative:  0.\nPages purgeable:  65536.';

  async function mac(programs: StrictPrograms, support: string, entitled: string): Promise<readonly Finding[]> {
    const qemu = join(programs.folder, 'qemu-system-aarch64');
    await programs.add('qemu-system-aarch64');
    await programs.add('sysctl', { args: '-n kern.hv_support', out: support });
    await programs.add('codesign', { args: `-d --entitlements - --xml ${qemu}`, out: plist(entitled) });
    await programs.add('vm_stat', { args: '', out: vmStat });
    const directory = join(programs.folder, 'workspace');
    await mkdir(directory);
    const userId = process.getuid?.() ?? 0;
    return collectFindings(
      { runner: programs.runner, env: {}, platform: 'darwin', arch: 'aarch64', userId },
      directory,
    );
  }

  it('offers Hypervisor.framework, and QEMU is signed to use it', async () => {
    const findings = await mac(await strictPrograms(), '1', 'true');
    expect(statuses(findings)).toMatchObject({
      'hypervisor-framework': 'ok',
      'qemu-entitlement': 'ok',
      memory: 'ok',
      user: 'ok',
    });
    expect(named(findings, 'memory')?.summary).toBe('3.0 GiB of memory available');
    expect(named(findings, 'kvm')).toBeUndefined();
  });

  it('without it, or with a QEMU that lost its entitlement, says what would help', async () => {
    const programs = await strictPrograms();
    const findings = await mac(programs, '0', 'false');
    expect(named(findings, 'hypervisor-framework')).toMatchObject({
      status: 'warning',
      summary: expect.stringContaining('kern.hv_support is 0'),
    });
    expect(named(findings, 'qemu-entitlement')).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining(`codesign -s - --entitlements FILE --force ${programs.folder}`),
    });
  });

  it('that does not answer is unknown, not yes and not no', async () => {
    const programs = await strictPrograms();
    const directory = programs.folder;
    const userId = process.getuid?.() ?? 0;
    const findings = await collectFindings(
      { runner: programs.runner, env: {}, platform: 'darwin', arch: 'aarch64', userId },
      directory,
    );
    expect(named(findings, 'hypervisor-framework')?.summary).toContain('cannot be told');
    expect(named(findings, 'memory')).toMatchObject({
      status: 'warning',
      summary: expect.stringContaining('cannot be told'),
    });
  });
});
