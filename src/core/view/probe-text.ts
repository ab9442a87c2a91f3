import { isHidden, mitigations, type Probe, type RuntimeFinding, type View } from '../probe/read-probe.ts';

const count = (view: View) => view.cpus.filter(({ cpufreq }) => cpufreq.length > 0).length;

function frequencyText(view: View): string {
  const files = [...new Set(view.cpus.flatMap(({ cpufreq }) => cpufreq))];
  const sysfs =
    files.length === 0 ? 'no cpufreq' : `cpufreq of ${count(view)} of ${view.cpus.length} CPUs (${files.join(', ')})`;
  const cpuinfo =
    view.cpuinfoMhzLines === 0 ? 'no MHz in /proc/cpuinfo' : `MHz of ${view.cpuinfoMhzLines} CPUs in /proc/cpuinfo`;
  return `${sysfs}; ${cpuinfo}`;
}

const perfText = {
  counts: 'counts cycles',
  'no-event': 'is there, and the CPU has no counter of cycles',
  absent: 'is not installed',
} as const;

function runtimeText({ name, state, answer, container }: RuntimeFinding): string {
  const head = state === 'answers' ? `${name}: ${answer}` : `${name}: installed, does not answer: ${answer}`;
  if (container === undefined) return `${head}\n`;
  const seen = 'failed' in container ? `no container could be started: ${container.failed}` : frequencyText(container);
  return `${head}\n  in a container: ${seen}\n`;
}

function mitigationText(probe: Probe): string {
  if (count(probe.guest) === 0)
    return 'What the guest has not got, no container setting gives: its frequency comes from other sources, or is not known.\n';
  const hidden = probe.runtimes.some(
    ({ container }) => container !== undefined && !('failed' in container) && isHidden(probe.guest, container),
  );
  if (!hidden) return '';
  return [
    'To let a container see what the guest sees, the first that helps:\n',
    ...mitigations.map(({ name, how, givesAway }) => `  ${how}  (${name}; gives away: ${givesAway})\n`),
  ].join('');
}

export function probeText(name: string, probe: Probe): string {
  const governors = probe.governors.length === 0 ? 'none' : probe.governors.join(', ');
  return [
    `${name}: ${frequencyText(probe.guest)}\n`,
    `governors: ${governors}; perf ${perfText[probe.perf]}`,
    probe.virtualisation === undefined ? '\n' : `; the machine calls itself ${probe.virtualisation}\n`,
    ...(probe.runtimes.length === 0 ? ['no container runtime is installed\n'] : probe.runtimes.map(runtimeText)),
    mitigationText(probe),
  ].join('');
}
