import type { CodeEntry } from './kinds.ts';

export const hostCollectorCodes = {
  'collector.root-needed': {
    kind: 'host',
    cause: 'The host collector is a service of the system: only root may install or remove it.',
    remedy: 'Run the same command with sudo; with `--dry-run` anybody sees what it would do. Nothing was changed.',
  },
  'collector.no-service-manager': {
    kind: 'host',
    cause: 'No systemd runs here that could keep the collector running (as in most containers).',
    remedy: 'Run the checker in the foreground, or install on the host itself. Nothing was changed.',
  },
  'collector.config-invalid': {
    kind: 'config',
    cause: 'The configuration of the host collector cannot be used.',
    remedy: 'Correct the place that the message names. Nothing was changed.',
  },
  'collector.not-running': {
    kind: 'host',
    cause: 'The host collector was installed and started, and does not answer.',
    remedy: 'The message shows its last lines. `sysmonvm host-uninstall` takes it away again.',
  },
  'collector.package-invalid': {
    kind: 'usage',
    cause: 'What was asked of a package does not go together, or a PKG_ variable is wrong.',
    remedy: 'The message names the option or the variable.',
  },
  'collector.no-binary': {
    kind: 'refused',
    cause: 'There is no executable of the checker to install or to pack.',
    remedy: '`sysmonvm build-checker` makes one; `--binary FILE` gives another.',
  },
} as const satisfies Record<string, CodeEntry>;
