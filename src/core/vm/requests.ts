import type { StateKind, VmState } from './vm-state.ts';

export type RequestKind =
  | 'start'
  | 'stop'
  | 'restart'
  | 'destroy'
  | 'change'
  | 'wait-ready'
  | 'exec'
  | 'console'
  | 'pause'
  | 'resume'
  | 'suspend'
  | 'snapshot'
  | 'freeze';

export type Admission =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'ignored'; readonly reason: string }
  | { readonly outcome: 'denied'; readonly reason: string; readonly next: readonly string[] };

const accepted: Admission = { outcome: 'accepted' };
const ignored = (reason: string): Admission => ({ outcome: 'ignored', reason });
const denied = (reason: string, ...next: string[]): Admission => ({ outcome: 'denied', reason, next });

const preparing = denied('it is still being created', 'sysmonvm vm-list');
const destroying = denied('it is being destroyed', 'sysmonvm vm-destroy NAME --yes');
const notRunning = denied('it is not running', 'sysmonvm vm-start NAME');
const suspended = denied('it is suspended', 'sysmonvm vm-start NAME   # resumes it');
const paused = denied('it is paused', 'sysmonvm vm-resume NAME');
const starting = denied('it is being started', 'sysmonvm vm-wait NAME');
const booting = denied('it is booting', 'sysmonvm vm-wait NAME');
const restoring = denied('it is being restored', 'sysmonvm vm-wait NAME');
const stopping = denied('it is being stopped', 'sysmonvm vm-wait NAME --until stopped');
const failed = denied('its last start failed', 'sysmonvm vm-status NAME', 'sysmonvm vm-start NAME');

/** Whether a request makes sense now. Total: one row for each request, one column for each state. */
const table: Record<RequestKind, Record<StateKind, Admission>> = {
  start: {
    preparing,
    stopped: accepted,
    starting: ignored('it is being started'),
    booting: ignored('it is booting'),
    restoring: ignored('it is being restored'),
    ready: ignored('it is running'),
    paused: paused,
    suspended: accepted,
    stopping: denied('it is being stopped', 'sysmonvm vm-wait NAME --until stopped && sysmonvm vm-start NAME'),
    failed: accepted,
    destroying,
  },
  stop: {
    preparing,
    stopped: ignored('it is stopped'),
    starting: accepted,
    booting: accepted,
    restoring: accepted,
    ready: accepted,
    paused: accepted,
    suspended: ignored('it is suspended and does not run'),
    stopping: accepted,
    failed: ignored('it failed and does not run'),
    destroying,
  },
  restart: {
    preparing,
    stopped: accepted,
    starting: accepted,
    booting: accepted,
    restoring: accepted,
    ready: accepted,
    paused: accepted,
    suspended: suspended,
    stopping: accepted,
    failed: accepted,
    destroying,
  },
  destroy: {
    preparing: accepted,
    stopped: accepted,
    starting: accepted,
    booting: accepted,
    restoring: accepted,
    ready: accepted,
    paused: accepted,
    suspended: accepted,
    stopping: accepted,
    failed: accepted,
    destroying: accepted,
  },
  change: {
    preparing,
    stopped: accepted,
    starting: denied('it is being started', 'sysmonvm vm-wait NAME'),
    booting: denied('it is booting', 'sysmonvm vm-wait NAME'),
    restoring: restoring,
    ready: accepted,
    paused: paused,
    suspended: denied(
      'it is suspended: what its memory was saved with must stay as it is',
      'sysmonvm vm-start NAME   # resumes it',
    ),
    stopping: denied('it is being stopped', 'sysmonvm vm-wait NAME --until stopped'),
    failed: accepted,
    destroying,
  },
  'wait-ready': {
    preparing,
    stopped: notRunning,
    starting: accepted,
    booting: accepted,
    restoring: accepted,
    ready: ignored('it is ready'),
    paused: paused,
    suspended: suspended,
    stopping: denied('it is being stopped', 'sysmonvm vm-start NAME'),
    failed: denied('its last start failed', 'sysmonvm vm-status NAME', 'sysmonvm vm-start NAME'),
    destroying,
  },
  exec: {
    preparing,
    stopped: notRunning,
    starting: accepted,
    booting: accepted,
    restoring: accepted,
    ready: accepted,
    paused: paused,
    suspended: suspended,
    stopping: denied('it is being stopped', 'sysmonvm vm-start NAME'),
    failed: denied('its last start failed', 'sysmonvm vm-status NAME', 'sysmonvm vm-start NAME'),
    destroying,
  },
  console: {
    preparing,
    stopped: notRunning,
    starting: accepted,
    booting: accepted,
    restoring: accepted,
    ready: accepted,
    paused: accepted,
    suspended: suspended,
    stopping: accepted,
    failed: denied('it does not run', 'sysmonvm vm-logs NAME'),
    destroying,
  },
  pause: {
    preparing,
    stopped: notRunning,
    starting,
    booting,
    restoring,
    ready: accepted,
    paused: ignored('it is paused'),
    suspended,
    stopping,
    failed,
    destroying,
  },
  resume: {
    preparing,
    stopped: notRunning,
    starting,
    booting,
    restoring,
    ready: ignored('it is running'),
    paused: accepted,
    suspended,
    stopping,
    failed,
    destroying,
  },
  suspend: {
    preparing,
    stopped: notRunning,
    starting,
    booting,
    restoring,
    ready: accepted,
    paused: accepted,
    suspended: ignored('it is suspended'),
    stopping,
    failed,
    destroying,
  },
  snapshot: {
    preparing,
    stopped: accepted,
    starting,
    booting,
    restoring,
    ready: accepted,
    paused: accepted,
    suspended,
    stopping,
    failed: accepted,
    destroying,
  },
  freeze: {
    preparing,
    stopped: notRunning,
    starting,
    booting,
    restoring,
    ready: accepted,
    paused,
    suspended,
    stopping,
    failed,
    destroying,
  },
};

export function admit(state: VmState, request: RequestKind): Admission {
  return table[request][state.kind];
}
