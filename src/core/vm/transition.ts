import type { ProcessIdentity } from '../ports/process-runner.ts';
import {
  type BootMark,
  type FailureRecord,
  type LastExit,
  type MarkName,
  markNames,
  type VmState,
} from './vm-state.ts';

/**
 * What happened to a VM. `transition` is total and pure: an event that means nothing in a state leaves it as it is.
 *
 * | event           | from                                  | to        | effects                |
 * |-----------------|---------------------------------------|-----------|------------------------|
 * | prepared        | preparing                             | stopped   |                        |
 * | start-requested | stopped, suspended, failed            | starting  | launch                 |
 * | launched        | starting                              | starting  |                        |
 * | qmp-greeted     | starting with a process               | booting, restoring |               |
 * | marked          | starting, booting, restoring, ready, paused | the same |                   |
 * | became-ready    | booting, restoring                    | ready     |                        |
 * | paused          | ready, restoring                      | paused    |                        |
 * | resumed         | paused                                | ready     |                        |
 * | moved           | ready, paused                         | the same, in another process |     |
 * | suspended       | ready, paused                         | suspended | end-process, release-running |
 * | stop-requested  | starting*, running**, stopping        | stopping  | powerdown, TERM, KILL  |
 * | process-exited  | starting*, running**, stopping        | stopped   | release-running        |
 * | restore-abandoned | starting, restoring                 | suspended, stopped | end-process, release-running |
 * | failed          | starting, running**, stopping         | failed    | end-process, release-running |
 * | destroy-requested | all                                 | destroying| end-process, release-running, remove |
 *
 * (* without a process, starting goes straight to stopped. ** booting, restoring, ready, paused.)
 */
export type VmHappening =
  | { readonly type: 'prepared' }
  | { readonly type: 'start-requested' }
  | { readonly type: 'launched'; readonly process: ProcessIdentity }
  | { readonly type: 'qmp-greeted'; readonly restoring?: boolean }
  | { readonly type: 'marked'; readonly mark: BootMark }
  | { readonly type: 'became-ready'; readonly degraded?: string }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  | { readonly type: 'moved'; readonly process: ProcessIdentity }
  | { readonly type: 'suspended' }
  /** The restoring command is gone and the memory state is still whole: `suspended` when it is the VM's own. */
  | { readonly type: 'restore-abandoned'; readonly to: 'suspended' | 'stopped' }
  | { readonly type: 'stop-requested'; readonly rung: 'powerdown' | 'terminate' | 'kill' }
  | { readonly type: 'process-exited'; readonly exit: LastExit }
  | { readonly type: 'failed'; readonly failure: FailureRecord }
  | { readonly type: 'destroy-requested' };

export type Effect = 'launch' | 'powerdown' | 'terminate' | 'kill' | 'end-process' | 'release-running' | 'remove';

export interface Step {
  readonly state: VmState;
  readonly effects: readonly Effect[];
}

const rungs = ['powerdown', 'terminate', 'kill'] as const;

export function processOf(state: VmState): ProcessIdentity | undefined {
  return 'process' in state ? state.process : undefined;
}

export function marksOf(state: VmState): readonly BootMark[] {
  return 'marks' in state ? state.marks : [];
}

type RunningState = Extract<VmState, { readonly kind: 'booting' | 'restoring' | 'ready' | 'paused' }>;

function isRunning(state: VmState): state is RunningState {
  return state.kind === 'booting' || state.kind === 'restoring' || state.kind === 'ready' || state.kind === 'paused';
}

/** First occurrence wins; order is that of a boot, then of time. */
function withMark(marks: readonly BootMark[], mark: BootMark): readonly BootMark[] {
  if (marks.some((m) => m.name === mark.name)) return marks;
  const rank = (name: MarkName): number => markNames.indexOf(name);
  return [...marks, mark].sort((a, b) => a.at - b.at || rank(a.name) - rank(b.name));
}

export function transition(state: VmState, event: VmHappening, now: number): Step {
  const same: Step = { state, effects: [] };
  switch (event.type) {
    case 'prepared':
      return state.kind === 'preparing' ? { state: { kind: 'stopped', since: now, marks: [] }, effects: [] } : same;
    case 'start-requested':
      return state.kind === 'stopped' || state.kind === 'suspended' || state.kind === 'failed'
        ? { state: { kind: 'starting', since: now, marks: [] }, effects: ['launch'] }
        : same;
    case 'launched':
      return state.kind === 'starting' && !state.process
        ? { state: { ...state, process: event.process }, effects: [] }
        : same;
    case 'qmp-greeted':
      return state.kind === 'starting' && state.process
        ? {
            state: {
              kind: event.restoring ? 'restoring' : 'booting',
              since: now,
              process: state.process,
              marks: state.marks,
            },
            effects: [],
          }
        : same;
    case 'marked':
      return isRunning(state) || state.kind === 'starting'
        ? { state: { ...state, marks: withMark(state.marks, event.mark) }, effects: [] }
        : same;
    case 'became-ready':
      return state.kind === 'booting' || state.kind === 'restoring'
        ? {
            state: {
              kind: 'ready',
              since: now,
              process: state.process,
              marks: state.marks,
              ...(event.degraded === undefined ? {} : { degraded: event.degraded }),
            },
            effects: [],
          }
        : same;
    case 'paused':
      return state.kind === 'ready' || state.kind === 'restoring'
        ? { state: { ...state, kind: 'paused', since: now }, effects: [] }
        : same;
    case 'resumed':
      return state.kind === 'paused' ? { state: { ...state, kind: 'ready', since: now }, effects: [] } : same;
    case 'moved':
      return state.kind === 'ready' || state.kind === 'paused'
        ? { state: { ...state, process: event.process }, effects: [] }
        : same;
    case 'suspended':
      return state.kind === 'ready' || state.kind === 'paused'
        ? {
            state: { kind: 'suspended', since: now, marks: state.marks },
            effects: ['end-process', 'release-running'],
          }
        : same;
    case 'restore-abandoned':
      return state.kind === 'starting' || state.kind === 'restoring'
        ? {
            state: { kind: event.to, since: now, marks: [] },
            effects: processOf(state) ? ['end-process', 'release-running'] : ['release-running'],
          }
        : same;
    case 'stop-requested':
      return stop(state, event.rung, now);
    case 'process-exited':
      return processOf(state) || state.kind === 'starting'
        ? {
            state: { kind: 'stopped', since: now, lastExit: event.exit, marks: marksOf(state) },
            effects: ['release-running'],
          }
        : same;
    case 'failed':
      return state.kind === 'starting' || isRunning(state) || state.kind === 'stopping'
        ? {
            state: { kind: 'failed', since: now, failure: event.failure, marks: state.marks },
            effects: processOf(state) ? ['end-process', 'release-running'] : ['release-running'],
          }
        : same;
    case 'destroy-requested':
      return state.kind === 'destroying'
        ? { state, effects: ['remove'] }
        : {
            state: { kind: 'destroying', since: now },
            effects: processOf(state) ? ['end-process', 'release-running', 'remove'] : ['release-running', 'remove'],
          };
  }
}

function stop(state: VmState, rung: (typeof rungs)[number], now: number): Step {
  const process = processOf(state);
  if (state.kind === 'starting' && !process) {
    const lastExit: LastExit = { at: now, reason: 'stopped' };
    return { state: { kind: 'stopped', since: now, lastExit, marks: state.marks }, effects: ['release-running'] };
  }
  if (!process) return { state, effects: [] };
  // The ladder is only climbed: a gentler request during a harder one changes nothing.
  if (state.kind === 'stopping' && rungs.indexOf(rung) <= rungs.indexOf(state.rung)) return { state, effects: [] };
  return { state: { kind: 'stopping', since: now, process, rung, marks: marksOf(state) }, effects: [rung] };
}
