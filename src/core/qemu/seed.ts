import type { KeptResources } from '../resources/ledger.ts';
import { optionValue } from './option-value.ts';

/** cloud-init finds the NoCloud seed by its volume label, on any block device. */
export function seedArguments(kept: KeptResources): string[] {
  return [
    '-drive',
    `if=none,id=seed,format=raw,readonly=on,file=${optionValue(kept.seedPath)}`,
    '-device',
    'virtio-blk-pci,drive=seed',
  ];
}
