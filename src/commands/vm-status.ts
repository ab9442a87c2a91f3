import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { bootLanes } from '../core/measure/boot/boot-lanes.ts';
import { formatTime } from '../core/view/times.ts';
import { vmDocument } from '../core/view/vm-document.ts';
import { vmStatusText } from '../core/view/vm-status-text.ts';
import type { VmSnapshot } from '../core/vm/vm-snapshot.ts';

export const vmStatus: CommandSpec = {
  name: 'vm-status',
  group: 'look',
  summary: 'Show a VM: state, ports, last boot as a waterfall, last failure',
  arguments: [vmArgument],
  options: [{ flags: '--svg <file>', description: 'draw the last boot as well, as a picture', complete: 'file' }],
  examples: [
    { command: 'sysmonvm vm-status', what: 'the VM of the configuration' },
    { command: 'sysmonvm vm-status build --json', what: 'everything, for a script' },
    { command: 'sysmonvm vm-status build --svg boot.svg', what: 'the last boot as a picture' },
  ],
  document: 'vm',
  run: async (context) => {
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const vm = await engine.status(name);
    const path = context.flags.text('svg');
    const drawn = path === undefined ? undefined : await engine.reports.drawBoot({ ...pictureOf(vm), path });
    context.output.document({ vm: vmDocument(vm) }, (columns) => vmStatusText(vm, columns));
    if (drawn !== undefined) context.output.note(`written: ${drawn.path}`);
    return 0;
  },
};

function pictureOf(vm: VmSnapshot) {
  const lanes = bootLanes(vm.marks, vm.guestBoot);
  const begun = vm.marks[0]?.at;
  if (lanes.length === 0 || begun === undefined)
    return fail('vm.refused', `${vm.name} has not been started: there is no boot to draw.`, {
      next: [`sysmonvm vm-start ${vm.name}`],
    });
  return { title: `${vm.name}: ${vm.image.id}, ${vm.accelerator}, started ${formatTime(begun)}`, lanes };
}
