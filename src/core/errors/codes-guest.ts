import type { CodeEntry } from './kinds.ts';

export const guestCodes = {
  'guest.boot-deadline': {
    kind: 'deadline',
    cause: 'The guest did not become ready before the deadline.',
    remedy: 'The message shows the stage that was reached, the last readiness answer and the end of the console.',
  },
  'guest.panic': {
    kind: 'guest',
    cause: 'The kernel of the guest panicked.',
    remedy: 'Read the console: `sysmonvm vm-logs NAME`.',
  },
  'guest.exited': {
    kind: 'guest',
    cause: 'QEMU ended while the guest was needed.',
    remedy: 'The message shows the exit status, the words of QEMU and the end of the console.',
  },
  'guest.powered-off': {
    kind: 'guest',
    cause: 'The guest powered itself off while it was needed.',
    remedy: 'Start it again: `sysmonvm vm-start NAME`.',
  },
  'guest.provisioning-failed': {
    kind: 'guest',
    cause: 'cloud-init finished with errors.',
    remedy: 'The message shows the errors; `sysmonvm vm-logs NAME --source cloud-init` shows the whole log.',
  },
  'guest.command-deadline': {
    kind: 'deadline',
    cause: 'A command in the guest did not end before its deadline and was ended.',
    remedy: 'Give a longer `--timeout`.',
  },
  'guest.command-failed': {
    kind: 'guest',
    cause: 'A command that we need in the guest failed.',
    remedy: 'The message shows what the guest printed.',
  },
  'guest.stop-deadline': {
    kind: 'deadline',
    cause: 'The guest did not power off and could not be ended.',
    remedy: 'Use `sysmonvm vm-stop --force NAME`.',
  },
  'ssh.host-key-mismatch': {
    kind: 'guest',
    cause: 'What answers on the SSH port of the VM shows another host key than the one we gave the guest.',
    remedy: 'Check what listens on that port. A guest that made new host keys must be created again.',
  },
  'ssh.authentication-failed': {
    kind: 'guest',
    cause: 'The guest refuses our key.',
    remedy: 'Check the user name and whether cloud-init finished: `sysmonvm vm-logs NAME --source console`.',
  },
  'ssh.connection-lost': {
    kind: 'guest',
    cause: 'The SSH connection to the guest broke.',
    remedy: '`sysmonvm vm-status NAME` tells whether the VM still runs.',
  },
  'copy.failed': {
    kind: 'guest',
    cause: 'A file could not be copied into or out of the guest.',
    remedy: 'The message names the file and the reason.',
  },
  'guest.command-not-started': {
    kind: 'guest',
    cause: 'The guest refused to start the command: its login shell, or sudo for another user, ended first.',
    remedy: 'The message shows its words. With `--user` the login user needs passwordless sudo.',
  },
  'guest.output-too-large': {
    kind: 'guest',
    cause: 'A command in the guest printed more than is collected in memory.',
    remedy: 'Use `sysmonvm exec`, which streams, or write into a file and `sysmonvm copy` it.',
  },
  'ssh.no-banner': {
    kind: 'guest',
    cause: 'The SSH port of the VM did not show an SSH banner.',
    remedy: 'The guest may still be booting: `sysmonvm vm-wait NAME`. `sysmonvm vm-logs NAME` shows its console.',
  },
  'ssh.connect-deadline': {
    kind: 'deadline',
    cause: 'The SSH login did not finish before its deadline.',
    remedy: '`sysmonvm vm-status NAME` tells whether the VM still runs; give a longer `--timeout`.',
  },
  'copy.deadline': {
    kind: 'deadline',
    cause: 'A copy into or out of the guest did not finish before its deadline.',
    remedy: 'Give a longer `--timeout`. Unfinished files were removed; finished ones stay.',
  },
} as const satisfies Record<string, CodeEntry>;
