import type { CodeEntry } from './kinds.ts';

export const configCodes = {
  'usage.invalid-argument': {
    kind: 'usage',
    cause: 'A flag or argument has a value that cannot be used.',
    remedy: 'Read the message: it names the argument and what is accepted. `--help` shows examples.',
  },
  'usage.terminal-needed': {
    kind: 'usage',
    cause: 'The command asks a question or draws a screen and there is no terminal.',
    remedy: 'Give the answer as a flag (`--yes`), or run the command in a terminal.',
  },
  'config.invalid': {
    kind: 'config',
    cause: 'A value in config.yaml, in an environment variable or in a state file of a VM is not valid.',
    remedy: 'Each finding names file, line and field. `sysmonvm config validate` checks again.',
  },
  'config.unreadable': {
    kind: 'config',
    cause: 'config.yaml exists but cannot be read or is not YAML.',
    remedy: 'Mend the line that the message names.',
  },
  'config.cloud-init-invalid': {
    kind: 'config',
    cause: 'The file given with --cloud-init is not valid cloud-config.',
    remedy: 'Mend the field that the message names. The file must start with `#cloud-config`.',
  },
  'config.newer-schema': {
    kind: 'config',
    cause: 'A file was written by a newer sysmonvm than this one.',
    remedy: 'Use the newer version, or another workspace.',
  },
} as const satisfies Record<string, CodeEntry>;
