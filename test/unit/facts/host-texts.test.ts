import { describe, expect, it } from 'vitest';
import {
  cgroupFolders,
  cpuQuota,
  cpuQuotaV1,
  memoryLimit,
  reclaimable,
} from '../../../src/core/facts/cgroup-limits.ts';
import { directoryPlaces, longestSocketPath, runtimeCandidates } from '../../../src/core/facts/directory-places.ts';
import {
  cpuModelFromCpuinfo,
  memAvailableBytes,
  toMib,
  vmStatAvailableBytes,
} from '../../../src/core/facts/memory-text.ts';
import { isDeadState, parseProcStat, parsePsStart } from '../../../src/core/facts/proc-stat.ts';
import { cpuSecondsOfPs, cpuSecondsOfStat } from '../../../src/core/facts/process-times-text.ts';
import { isAtLeast, parseQemuVersion, parseVersion } from '../../../src/core/facts/versions.ts';

describe('/proc/PID/stat and ps', () => {
  const tail = `S 1 2 2 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 7654321 1 2`;
  it.each(['sleep', 'a) S 9 (b', '((', 'name with spaces'])('finds the start time behind the name %s', (name) => {
    expect(parseProcStat(`42 (${name}) ${tail}`)).toEqual({ pid: 42, state: 'S', parentPid: 1, startTime: '7654321' });
  });

  it('refuses what is cut off or something else', () => {
    for (const text of ['', '42 (sleep', '42 (sleep) S 1 2', 'x (sleep) S 1'])
      expect(parseProcStat(text)).toBeUndefined();
    expect(['Z', 'X', 'S', 'R'].map(isDeadState)).toEqual([true, true, false, false]);
  });

  it('processor time', () => {
    const stat = `42 (a) S 9 (b) S 1 2 2 0 -1 4194560 1 0 0 0 1234 66 0 0 20 0 1 0 7654321 1 2`;
    expect(cpuSecondsOfStat(stat)).toBe(13);
    expect([cpuSecondsOfStat(''), cpuSecondsOfStat('42 (sleep) S 1')]).toEqual([undefined, undefined]);
    expect(['  0:01.25\n', '12:03.45', '1:02:03', '00:04:32'].map(cpuSecondsOfPs)).toEqual([1.25, 723.45, 3723, 272]);
    expect(['', 'TIME', '1-02:03:04'].map(cpuSecondsOfPs)).toEqual([undefined, undefined, undefined]);
  });

  it('ps of macOS', () => {
    expect(parsePsStart('Ss   Mon Nov 17 09:01:02 2025    \n')).toEqual({
      state: 'S',
      startTime: 'Mon Nov 17 09:01:02 2025',
    });
    expect(parsePsStart('Z    Mon Nov  7 09:01:02 2025\n')?.state).toBe('Z');
    expect(parsePsStart('')).toBeUndefined();
  });
});

describe('versions', () => {
  it.each([
    ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\nCopyright', '7.2.22'],
    ['QEMU emulator version 10.0.3', '10.0.3'],
    ['QEMU emulator version 9.1.0 (qemu-kvm-9.1.0-15.el9)', '9.1.0'],
    ['qemu-img version 8.2.1', '8.2.1'],
    ['no number', undefined],
  ])('%s', (text, expected) => expect(parseQemuVersion(text)).toBe(expected));

  it('compares by number, and a missing part is 0', () => {
    expect(isAtLeast('10.0', '9.2.4')).toBe(true);
    expect(isAtLeast('8.2', '8.2.0')).toBe(true);
    expect(isAtLeast('8.2.0', '8.2.1')).toBe(false);
    expect(isAtLeast('6.2', '6.2')).toBe(true);
    expect(parseVersion('go version go1.22.4 linux/amd64')).toBe('1.22.4');
  });
});

describe('limits of cgroups', () => {
  const v2Mount = '30 24 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate';
  const v1Mounts = [
    '31 24 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
    '32 24 0:28 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
  ].join('\n');

  it('names the groups from the innermost to the mount', () => {
    expect(cgroupFolders('0::/user.slice/app.scope\n', v2Mount).version2).toEqual([
      '/sys/fs/cgroup/user.slice/app.scope',
      '/sys/fs/cgroup/user.slice',
      '/sys/fs/cgroup',
    ]);
    const old = cgroupFolders('5:memory:/a\n1:cpu,cpuacct:/docker/abc/x\n0::/\n', v1Mounts);
    expect(old.memory).toEqual(['/sys/fs/cgroup/memory/a', '/sys/fs/cgroup/memory']);
    expect(old.cpu).toEqual(['/sys/fs/cgroup/cpu,cpuacct/x', '/sys/fs/cgroup/cpu,cpuacct']);
    expect(old.version2).toEqual([]);
    expect(cgroupFolders('', '')).toEqual({ version2: [], memory: [], cpu: [] });
  });

  it('tells a limit from none', () => {
    expect(cpuQuota('250000 100000\n')).toBe(2.5);
    expect(cpuQuota('max 100000\n')).toBeUndefined();
    expect(cpuQuota('')).toBeUndefined();
    expect(cpuQuotaV1('-1\n', '100000\n')).toBeUndefined();
    expect(cpuQuotaV1('50000\n', '100000\n')).toBe(0.5);
    expect(memoryLimit('1073741824\n')).toBe(1_073_741_824);
    expect(memoryLimit('max\n')).toBeUndefined();
    expect(memoryLimit('9223372036854771712\n')).toBeUndefined();
    expect(memoryLimit('')).toBeUndefined();
    expect(reclaimable('anon 5\ninactive_file 700\n')).toBe(700);
    expect(reclaimable('inactive_file 1\ntotal_inactive_file 900\n')).toBe(900);
    expect(reclaimable('')).toBe(0);
  });
});

describe('memory and processor', () => {
  it('Linux and macOS', () => {
    expect(memAvailableBytes('MemTotal:  100 kB\nMemAvailable:   2048 kB\n')).toBe(2_097_152);
    expect(memAvailableBytes('MemTotal:  100 kB\n')).toBeUndefined();
    const vmStat =
      'Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:      1000.\nPages active: 5.\nPages inactive:  500.\nPages speculative: 24.\n';
    expect(vmStatAvailableBytes(vmStat)).toBe(1524 * 16_384);
    expect(vmStatAvailableBytes('')).toBeUndefined();
    expect(toMib(3.9 * 1024 * 1024)).toBe(3);
  });

  it('names an arm64 core by its numbers', () => {
    expect(cpuModelFromCpuinfo('model name\t: AMD EPYC\n')).toBe('AMD EPYC');
    expect(
      cpuModelFromCpuinfo('CPU implementer\t: 0x41\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n'),
    ).toBe('arm64 implementer 0x41 part 0xd0c variant 0x3 revision 1');
    expect(cpuModelFromCpuinfo('')).toBeUndefined();
  });
});

describe('places of files', () => {
  it('Linux follows XDG when it is absolute', () => {
    expect(directoryPlaces({ XDG_DATA_HOME: '/d/', XDG_CACHE_HOME: 'relative' }, 'linux', '/home/u')).toEqual({
      data: '/d/sysmonvm',
      cache: '/home/u/.cache/sysmonvm',
      state: '/home/u/.local/state/sysmonvm',
    });
  });

  it('macOS is the same with and without an environment, as under launchd [R-19]', () => {
    const empty = directoryPlaces({}, 'darwin', '/Users/u');
    expect(directoryPlaces({ XDG_DATA_HOME: '/d', HOME: '/x' }, 'darwin', '/Users/u')).toEqual(empty);
    expect(empty.data).toBe('/Users/u/Library/Application Support/sysmonvm');
    expect(empty.cache).toBe('/Users/u/Library/Caches/sysmonvm');
  });

  it('sockets: the run directory of the session when its paths are short enough', () => {
    expect(runtimeCandidates({ XDG_RUNTIME_DIR: '/run/user/7' }, 'linux', 7)).toEqual([
      '/run/user/7/sysmonvm',
      '/tmp/sysmonvm-7',
    ]);
    expect(runtimeCandidates({ XDG_RUNTIME_DIR: `/${'x'.repeat(90)}` }, 'linux', 7)).toEqual(['/tmp/sysmonvm-7']);
    expect(runtimeCandidates({ XDG_RUNTIME_DIR: '/run/user/7' }, 'darwin', 501)).toEqual(['/tmp/sysmonvm-501']);
    expect(longestSocketPath('/tmp/sysmonvm-4294967294')).toBeLessThan(103);
  });
});
