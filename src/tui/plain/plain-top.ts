/**
 * The same news without a screen: one line for each change, in words, for a screen reader, a log or a pipe. Nothing is
 * redrawn and no sign or colour carries meaning.
 */
import type { Call, Engine } from '../../core/engine.ts';
import { formatDuration } from '../../core/units/duration.ts';
import { formatBytes } from '../../core/units/size.ts';
import { bootTimeline } from '../../core/view/boot-timeline.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';

export interface PlainTop {
  readonly engine: Pick<Engine, 'list' | 'events'>;
  readonly call: Call;
  readonly write: (line: string) => void;
}

/** Until the call's signal is aborted. */
export async function plainTop({ engine, call, write }: PlainTop): Promise<void> {
  const vms = await engine.list();
  write(vms.length === 0 ? 'No VM yet.' : `${vms.length} ${vms.length === 1 ? 'VM' : 'VMs'}.`);
  const known = new Map(vms.map((vm) => [vm.id, vm]));
  for (const vm of vms) write(vmLine(vm));
  for await (const _ of engine.events({ history: false }, call))
    for (const line of changes(known, await engine.list())) write(line);
}

/** What differs from what was told last; `known` is brought up to date. */
export function changes(known: Map<string, VmSnapshot>, vms: readonly VmSnapshot[]): readonly string[] {
  const lines: string[] = [];
  for (const vm of vms) {
    const before = known.get(vm.id);
    if (before === undefined || before.summary !== vm.summary || before.name !== vm.name) lines.push(vmLine(vm));
    known.set(vm.id, vm);
  }
  for (const [id, vm] of known)
    if (!vms.some((now) => now.id === id)) {
      lines.push(`${vm.name}: gone.`);
      known.delete(id);
    }
  return lines;
}

function vmLine(vm: VmSnapshot): string {
  const timeline = vm.state === 'ready' ? bootTimeline(vm.marks) : undefined;
  const boot = timeline?.complete ? ` after ${formatDuration(timeline.totalMs)}` : '';
  const memory = vm.memory === undefined ? '' : `, ${formatBytes(vm.memory.residentBytes)} resident`;
  const ssh = vm.sshPort === undefined ? '' : `, SSH at port ${vm.sshPort}`;
  const failure = vm.failure === undefined ? '' : `, ${vm.failure.code}: ${vm.failure.message}`;
  return `${vm.name}: ${vm.summary}${boot}, ${vm.image.id}, trust: ${vm.image.level}, ${vm.accelerator}${ssh}${memory}${failure}.`;
}
