import { compareNames } from '../ids/compare-names.ts';
import { formatBytes, formatMib } from '../units/size.ts';
import type { VmSnapshot } from '../vm/vm-snapshot.ts';
import { type Column, textTable } from './text-table.ts';
import { formatAge } from './times.ts';

const columns: readonly Column[] = [
  { title: 'NAME' },
  { title: 'STATE' },
  { title: 'IMAGE' },
  { title: 'TRUST' },
  { title: 'ARCH' },
  { title: 'ACCEL' },
  { title: 'CPU', align: 'right' },
  { title: 'MEMORY', align: 'right' },
  { title: 'RSS', align: 'right' },
  { title: 'PRIVATE', align: 'right' },
  { title: 'SSH', align: 'right' },
  { title: 'AGE', align: 'right' },
];

export function vmListTable(vms: readonly VmSnapshot[], now: number): string {
  const rows = [...vms]
    .sort((a, b) => compareNames(a.name, b.name))
    .map((vm) => [
      vm.name,
      vm.difference === undefined ? vm.summary : `${vm.summary} [${vm.difference}]`,
      vm.image.id,
      vm.image.level,
      vm.arch,
      vm.accelerator,
      String(vm.cpus),
      formatMib(vm.memoryMib),
      bytesOrNothing(vm.memory?.residentBytes),
      bytesOrNothing(vm.memory?.privateBytes),
      vm.sshPort === undefined ? '-' : String(vm.sshPort),
      formatAge(now - vm.createdAt),
    ]);
  return textTable(columns, rows);
}

function bytesOrNothing(bytes: number | undefined): string {
  return bytes === undefined ? '-' : formatBytes(bytes);
}
