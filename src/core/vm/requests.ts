import type { StateKind, VmState } from './vm-state.ts';

export type RequestKind = 'start' | 'stop' | 'restart' | 'destroy' | 'change' | 'wait-ready' | 'exec' | 'console';

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

/** Whether a request makes sense now. Total: one row for each request, one column for each state. */
const table: Record<RequestKind, Record<StateKind, Admission>> = {
  start: {
    preparing,
    stopped: accepted,
    starting: ignored('it is being started'),
    booting: ignored('it is booting'),
    ready: ignored('it is running'),
    stopping: denied('it is being stopped', 'sysmonvm vm-wait NAME --until stopped && sysmonvm vm-start NAME'),
    failed: accepted,
    destroying,
  },
  stop: {
    preparing,
    stopped: ignored('it is stopped'),
    starting: accepted,
    booting: accepted,
    ready: accepted,
    stopping: accepted,
    failed: ignored('it failed and does not run'),
    destroying,
  },
  restart: {
    preparing,
    stopped: accepted,
    starting: accepted,
    booting: accepted,
    ready: accepted,
    stopping: accepted,
    failed: accepted,
    destroying,
  },
  destroy: {
    preparing: accepted,
    stopped: accepted,
    starting: accepted,
    booting: accepted,
    ready: accepted,
    stopping: accepted,
    failed: accepted,
    destroying: accepted,
  },
  change: {
    preparing,
    stopped: accepted,
    starting: denied('it is being started', 'sysmonvm vm-wait NAME'),
    booting: denied('it is booting', 'sysmonvm vm-wait NAME'),
    ready: accepted,
    stopping: denied('it is being stopped', 'sysmonvm vm-wait NAME --until stopped'),
    failed: accepted,
    destroying,
  },
  'wait-ready': {
    preparing,
    stopped: notRunning,
    starting: accepted,
    booting: accepted,
    ready: ignored('it is ready'),
    stopping: denied('it is being stopped', 'sysmonvm vm-start NAME'),
    failed: denied('its last start failed', 'sysmonvm vm-status NAME', 'sysmonvm vm-start NAME'),
    destroying,
  },
  exec: {
    preparing,
    stopped: notRunning,
    starting: accepted,
    booting: accepted,
    ready: accepted,
    stopping: denied('it is being stopped', 'sysmonvm vm-start NAME'),
    failed: denied('its last start failed', 'sysmonvm vm-status NAME', 'sysmonvm vm-start NAME'),
    destroying,
  },
  console: {
    preparing,
    stopped: notRunning,
    starting: accepted,
    booting: accepted,
    ready: accepted,
    stopping: accepted,
    failed: denied('it does not run', 'sysmonvm vm-logs NAME'),
    destroying,
  },
};

export function admit(state: VmState, request: RequestKind): Admission {
  return table[request][state.kind];
}
