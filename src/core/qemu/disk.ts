import type { VmPlan } from '../plan/vm-plan.ts';
import type { KeptResources } from '../resources/ledger.ts';
import { optionValue } from './option-value.ts';

/**
 * The overlay. Formats are always explicit: a probed format would let a guest choose one. An ephemeral VM is never
 * read again after a crash of the host, so its flushes may be left out.
 */
export function diskArguments(plan: VmPlan, kept: KeptResources): string[] {
  const cache = plan.ephemeral ? 'unsafe' : 'writeback';
  return [
    '-drive',
    `if=none,id=disk,format=qcow2,cache=${cache},discard=unmap,detect-zeroes=unmap,file=${optionValue(kept.overlayPath)}`,
    '-device',
    'virtio-blk-pci,drive=disk,bootindex=1',
  ];
}
