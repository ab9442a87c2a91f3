import type { CodeEntry } from './kinds.ts';

export const vmCodes = {
  'vm.not-found': {
    kind: 'refused',
    cause: 'No VM of this name exists in the workspace.',
    remedy: '`sysmonvm vm-list` shows the VMs; `--workspace` chooses another workspace.',
  },
  'vm.name-taken': {
    kind: 'refused',
    cause: 'A VM of this name exists already.',
    remedy: 'Choose another name, use `sysmonvm up`, or destroy the VM first.',
  },
  'vm.refused': {
    kind: 'refused',
    cause: 'The VM is in a state in which the request makes no sense.',
    remedy: 'The message names the state and the request that would help.',
  },
  'vm.locked': {
    kind: 'refused',
    cause: 'Another command is working on this VM and did not finish before the deadline.',
    remedy: 'The message names the process that holds the lock. Wait for it or stop it.',
  },
  'vm.incomplete': {
    kind: 'refused',
    cause: 'What is left of a VM after a crash lacks parts that are needed.',
    remedy: '`sysmonvm vm-destroy NAME` removes the rest; `sysmonvm vm-gc` does so for all.',
  },
  'vm.change-needs-restart': {
    kind: 'refused',
    cause: 'The change can only be made while the VM is stopped.',
    remedy: 'Stop the VM, or give `--restart` so that it is done for you.',
  },
  'vm.interrupted': {
    kind: 'interrupted',
    cause: 'The command was interrupted by a signal.',
    remedy: 'Nothing is left half-made; run the command again.',
  },
} as const satisfies Record<string, CodeEntry>;
