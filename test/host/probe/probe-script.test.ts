import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeScript } from '../../../src/core/probe/probe-script.ts';
import { isHidden, readProbe } from '../../../src/core/probe/read-probe.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const root = process.getuid?.() === 0;

/** In a mount namespace of its own, where a directory lies over the CPUs of this machine. */
function probeOver(cpus: string, path: string): string {
  const script = 'mount --bind "$1" /sys/devices/system/cpu && shift && exec sh -c "$@"';
  return execFileSync('unshare', ['--mount', 'sh', '-c', script, 'sh', cpus, probeScript, 'sh', 'containers'], {
    encoding: 'utf8',
    env: { PATH: path },
  });
}

async function cpusWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await temporaryDirectory();
  for (const cpu of ['cpu0', 'cpu1']) {
    await mkdir(join(directory, cpu, 'cpufreq'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, cpu, 'cpufreq', name), text);
  }
  return directory;
}

describe('the probe, in this machine', () => {
  it('asks runtimes by their commands; one that is installed and does not answer says why [R-61] [R-113]', async () => {
    const bin = await temporaryDirectory();
    const refusing = '#!/bin/sh\necho "Cannot connect to the Docker daemon" >&2\nexit 1\n';
    await writeFile(join(bin, 'docker'), refusing, { mode: 0o755 });
    const text = execFileSync('sh', ['-c', probeScript], { encoding: 'utf8', env: { PATH: `${bin}:/usr/bin:/bin` } });
    const { guest, runtimes } = readProbe(text);
    expect(guest.cpus.map(({ cpu }) => cpu)).toContain(0);
    expect(runtimes).toContainEqual({
      name: 'docker',
      state: 'refuses',
      answer: 'Cannot connect to the Docker daemon',
    });
    expect(runtimes.every(({ container }) => container === undefined)).toBe(true);
  });

  it.runIf(root)('sees in a real container what that container sees (mounts are root’s) [R-61] [R-62]', async () => {
    const cpus = await cpusWith({
      scaling_cur_freq: '2400000\n',
      scaling_available_governors: 'performance powersave',
    });
    const probe = readProbe(probeOver(cpus, '/usr/sbin:/usr/bin:/sbin:/bin'));
    expect(probe.guest.cpus).toEqual([0, 1].map((cpu) => ({ cpu, cpufreq: ['scaling_cur_freq'] })));
    expect(probe.governors).toEqual(['performance', 'powersave']);
    const container = probe.runtimes.find(({ name }) => name === 'runc')?.container;
    // A container has a sysfs of its own, without what lies over ours.
    expect(container).toMatchObject({ cpus: expect.arrayContaining([{ cpu: 0, cpufreq: [] }]) });
    expect(container !== undefined && !('failed' in container) && isHidden(probe.guest, container)).toBe(true);
    expect(execFileSync('runc', ['list', '-q'], { encoding: 'utf8' })).not.toContain('sysmonvm-probe');
  });
});
