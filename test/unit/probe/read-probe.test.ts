import { describe, expect, it } from 'vitest';
import { readProbe } from '../../../src/core/probe/read-probe.ts';
import { probeText } from '../../../src/core/view/probe-text.ts';

const rows = (...lines: readonly (readonly string[])[]) => lines.map((words) => `${words.join('\t')}\n`).join('');

const laptop = rows(
  ['cpu', '1', 'cpuinfo_cur_freq,scaling_cur_freq'],
  ['cpu', '0', 'cpuinfo_cur_freq,scaling_cur_freq'],
  ['mhz', '2'],
  ['governors', 'performance powersave'],
  ['perf', 'counts'],
  ['runtime', 'docker', 'answers', '27.1.2'],
  ['in', 'docker', 'cpu', '0', 'scaling_cur_freq'],
  ['in', 'docker', 'cpu', '1', 'scaling_cur_freq'],
  ['in', 'docker', 'mhz', '2'],
  ['runtime', 'podman', 'answers', '5.2'],
  ['in', 'podman', 'failed', 'Error: no space'],
  ['runtime', 'containerd', 'refuses', 'cannot dial'],
);

describe('what the probe found', () => {
  it('is read with CPUs in order, and shown with what would help and its price [R-61] [R-62] [R-106]', () => {
    const probe = readProbe(laptop);
    expect(probe.guest.cpus.map(({ cpu }) => cpu)).toEqual([0, 1]);
    expect(
      probeText('x', probe),
    ).toBe(`x: cpufreq of 2 of 2 CPUs (cpuinfo_cur_freq, scaling_cur_freq); MHz of 2 CPUs in /proc/cpuinfo
governors: performance, powersave; perf counts cycles
docker: 27.1.2
  in a container: cpufreq of 2 of 2 CPUs (scaling_cur_freq); MHz of 2 CPUs in /proc/cpuinfo
podman: 5.2
  in a container: no container could be started: Error: no space
containerd: installed, does not answer: cannot dial
To let a container see what the guest sees, the first that helps:
  --volume /sys/devices/system/cpu:/sys/devices/system/cpu:ro  (read-only bind mount; gives away: number, layout and frequency of all CPUs; nothing can be changed)
  --pid host  (PID namespace of the guest; gives away: all processes with their command lines; who is root in the container can end them)
  --privileged  (privileged container; gives away: every device and capability: root in the container is root of the guest)
`);
  });

  it('promises nothing where the guest has no cpufreq', () => {
    const text = probeText('x', readProbe(rows(['cpu', '0', ''], ['mhz', '0'], ['perf', 'absent'], ['virt', 'kvm'])));
    expect(text).toBe(`x: no cpufreq; no MHz in /proc/cpuinfo
governors: none; perf is not installed; the machine calls itself kvm
no container runtime is installed
What the guest has not got, no container setting gives: its frequency comes from other sources, or is not known.
`);
  });

  it('is whole even of nothing', () => {
    expect(readProbe('')).toEqual({
      guest: { cpus: [], cpuinfoMhzLines: 0 },
      governors: [],
      perf: 'absent',
      runtimes: [],
    });
  });
});
