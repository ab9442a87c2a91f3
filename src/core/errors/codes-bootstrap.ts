import type { CodeEntry } from './kinds.ts';

export const bootstrapCodes = {
  'bootstrap.unknown-family': {
    kind: 'guest',
    cause: 'The guest is of a family whose packages the bootstrap cannot install, or it lacks that package manager.',
    remedy: 'Use an image of the families debian or el; `--family` says it for a system that does not say it itself.',
  },
  'bootstrap.step-failed': {
    kind: 'guest',
    cause: 'A step of the bootstrap failed in the guest. The steps before it are done and recorded.',
    remedy: 'The message shows the last lines of the step. Once the reason is gone, the same command goes on with it.',
  },
  'bootstrap.step-deadline': {
    kind: 'deadline',
    cause: 'A step of the bootstrap did not end in its time and was ended. The steps before it are done and recorded.',
    remedy: 'The same command goes on with it; `--only STEP` runs it alone.',
  },
  'bootstrap.authority-unusable': {
    kind: 'config',
    cause: 'The file given with `--ca` is missing, holds no certificate in PEM, or holds a private key.',
    remedy: 'Give a file with the certificates of the authority alone.',
  },
} as const satisfies Record<string, CodeEntry>;
