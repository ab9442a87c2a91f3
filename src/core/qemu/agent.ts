import type { RunningResources } from '../resources/ledger.ts';
import { optionValue } from './option-value.ts';

/** Name of the port by which a restored guest is told who it is. */
const renewalPortName = 'sysmonvm.renewal.0';

/** The channel of the QEMU guest agent, and the one by which a restored guest is told who it is. */
export function agentArguments(sockets: RunningResources['sockets']): string[] {
  return [
    '-device',
    'virtio-serial-pci',
    '-chardev',
    `socket,id=agent,path=${optionValue(sockets.agent)},server=on,wait=off`,
    '-device',
    'virtserialport,chardev=agent,name=org.qemu.guest_agent.0',
    ...(sockets.renewal === undefined
      ? []
      : [
          '-chardev',
          `socket,id=renewal,path=${optionValue(sockets.renewal)},server=on,wait=off`,
          '-device',
          `virtserialport,chardev=renewal,name=${renewalPortName}`,
        ]),
  ];
}
