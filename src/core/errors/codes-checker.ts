import type { CodeEntry } from './kinds.ts';

export const checkerCodes = {
  'checker.lock-invalid': {
    kind: 'config',
    cause: 'checker.lock.json is missing, cannot be read, or names no Node for the target.',
    remedy: 'Install the package again; in a checkout, correct the place that the message names.',
  },
  'checker.node-unobtainable': {
    kind: 'host',
    cause: 'The Node executable for the checker could not be obtained by npm.',
    remedy:
      'The message shows the words of npm. Check its registry and proxy, or give a finished executable with `--binary FILE`.',
  },
  'checker.node-not-trusted': {
    kind: 'image',
    cause: 'The Node package that npm delivered is not the one in checker.lock.json.',
    remedy: 'Nothing of it was kept. Ask another registry, or find out who changed the package.',
  },
  'checker.no-builder': {
    kind: 'host',
    cause: 'checker.lock.json names no Node that runs on this host, so the executable cannot be made here.',
    remedy: 'Build on a host that it names, or give a finished executable with `--binary FILE`.',
  },
  'checker.build-failed': {
    kind: 'host',
    cause: 'The executable of the checker could not be made.',
    remedy: 'The message shows which step failed and what it said.',
  },
  'checker.binary-unfit': {
    kind: 'usage',
    cause: 'The file given with `--binary` is no executable for the architecture and system of the target.',
    remedy: 'Give an executable that was built for the target: `sysmonvm build-checker --arch … --os …`.',
  },
  'checker.config-invalid': {
    kind: 'config',
    cause: 'The file given with `--config` is not a configuration that the checker takes.',
    remedy: 'Correct the line that the message names. Nothing in the guest was changed.',
  },
  'checker.guest-unfit': {
    kind: 'guest',
    cause: 'The checker cannot be installed in this guest, or does not run there.',
    remedy: 'The message shows what is missing. Nothing in the guest was changed.',
  },
  'checker.unhealthy': {
    kind: 'guest',
    cause: 'The checker that was installed did not become healthy before the deadline.',
    remedy:
      'The message shows the end of its journal. What was installed before was put back; a first installation was removed.',
  },
  'checker.unreachable': {
    kind: 'guest',
    cause: 'The checker in the guest did not answer.',
    remedy: '`sysmonvm vm-install --status NAME` tells whether its service runs.',
  },
  'checker.not-installed': {
    kind: 'refused',
    cause: 'No checker is installed in this guest.',
    remedy: 'Install it: `sysmonvm vm-install NAME`.',
  },
} as const satisfies Record<string, CodeEntry>;
