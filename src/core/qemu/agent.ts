import type { RunningResources } from '../resources/ledger.ts';
import { optionValue } from './option-value.ts';

/** The channel of the QEMU guest agent. */
export function agentArguments(sockets: RunningResources['sockets']): string[] {
  return [
    '-device',
    'virtio-serial-pci',
    '-chardev',
    `socket,id=agent,path=${optionValue(sockets.agent)},server=on,wait=off`,
    '-device',
    'virtserialport,chardev=agent,name=org.qemu.guest_agent.0',
  ];
}
