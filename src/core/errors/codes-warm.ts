import type { CodeEntry } from './kinds.ts';

export const warmCodes = {
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
} as const satisfies Record<string, CodeEntry>;
