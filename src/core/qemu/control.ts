import type { RunningResources } from '../resources/ledger.ts';
import { optionValue } from './option-value.ts';

/** QMP, our control connection. */
export function controlArguments(sockets: RunningResources['sockets']): string[] {
  return [
    '-chardev',
    `socket,id=qmp,path=${optionValue(sockets.qmp)},server=on,wait=off`,
    '-mon',
    'chardev=qmp,mode=control',
  ];
}
