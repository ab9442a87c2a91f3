import type { CodeEntry } from './kinds.ts';

export const warmCodes = {
  'template.not-found': {
    kind: 'refused',
    cause: 'No template of this name exists in the workspace.',
    remedy: '`sysmonvm template list` shows them; `sysmonvm template create NAME` makes one.',
  },
  'template.name-taken': {
    kind: 'refused',
    cause: 'A template of this name exists already, or is being made.',
    remedy: 'Choose another name, or destroy the template first.',
  },
  'template.in-use': {
    kind: 'refused',
    cause: 'VMs were forked from the template; their disks and memory lie on its files.',
    remedy: 'Destroy the VMs that the message names first.',
  },
  'template.changed': {
    kind: 'refused',
    cause: 'A part of the template is not what was sealed: missing, shortened or altered.',
    remedy: 'Destroy the template and make it again; `--warm` does so by itself.',
  },
  'template.other-machine': {
    kind: 'refused',
    cause:
      'The template was made with another QEMU, firmware, accelerator or host CPU; its state could be restored wrongly.',
    remedy: 'Make the template again on this host; `--warm` does so by itself.',
  },
  'template.not-freezable': {
    kind: 'refused',
    cause: 'The VM has something that cannot be saved with its memory, or lacks what a fork needs to renew itself.',
    remedy: 'The message says what stands in the way.',
  },
  'guest.renewal-failed': {
    kind: 'guest',
    cause: 'A restored guest did not take its new identity, or did not say so in time.',
    remedy: 'The VM is removed or stopped. Try once more; if it repeats, make the template again.',
  },
  'guest.clock-wrong': {
    kind: 'guest',
    cause: 'The clock of a restored guest is more than a second away from the host’s.',
    remedy: 'Look for a service in the guest that sets the clock.',
  },
  'pool.not-found': {
    kind: 'refused',
    cause: 'There is no pool of this template.',
    remedy: '`sysmonvm pool create TEMPLATE --size N` makes one.',
  },
  'agent.silent': {
    kind: 'guest',
    cause: 'The QEMU guest agent does not answer: it is not installed, not started yet, or busy with another command.',
    remedy: 'Install qemu-guest-agent in the guest, or use `--via ssh`.',
  },
  'agent.refused': {
    kind: 'guest',
    cause: 'The QEMU guest agent refused the command; Enterprise Linux blocks guest-exec unless it is told otherwise.',
    remedy: 'Use `--via ssh`, or allow guest-exec in /etc/sysconfig/qemu-ga and restart the agent.',
  },
  'vm.state-unusable': {
    kind: 'refused',
    cause:
      'The saved memory of a suspended VM, of a snapshot or of a fork cannot be restored with what is on this host now.',
    remedy: '`sysmonvm vm-start NAME --cold` gives the saved memory up and boots from the disk.',
  },
  'vm.snapshot-not-found': {
    kind: 'refused',
    cause: 'The VM has no snapshot of this name.',
    remedy: '`sysmonvm vm-snapshot list NAME` shows them.',
  },
  'vm.snapshot-exists': {
    kind: 'refused',
    cause: 'The VM has a snapshot of this name already.',
    remedy: 'Choose another name, or delete the snapshot first.',
  },
} as const satisfies Record<string, CodeEntry>;
