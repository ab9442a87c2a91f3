import { describe, expect, it } from 'vitest';
import { admit, type RequestKind } from '../../../src/core/vm/requests.ts';
import { marksOf, processOf, transition, type VmHappening } from '../../../src/core/vm/transition.ts';
import type { FailureRecord, StateKind, VmState } from '../../../src/core/vm/vm-state.ts';

const process = { pid: 42, startTime: '1000', bootId: 'boot' };
const failure: FailureRecord = {
  at: 5,
  stage: 'kernel',
  code: 'guest.panic',
  message: 'panic',
  consoleTail: [],
  qemuTail: [],
};
const exit = { at: 9, exitCode: 0, reason: 'powered-off' } as const;

const states: Record<StateKind, VmState> = {
  preparing: { kind: 'preparing', since: 1, step: 'disk' },
  stopped: { kind: 'stopped', since: 1, marks: [] },
  starting: { kind: 'starting', since: 1, marks: [] },
  booting: { kind: 'booting', since: 1, process, marks: [] },
  restoring: { kind: 'restoring', since: 1, process, marks: [] },
  ready: { kind: 'ready', since: 1, process, marks: [] },
  paused: { kind: 'paused', since: 1, process, marks: [] },
  suspended: { kind: 'suspended', since: 1, marks: [] },
  stopping: { kind: 'stopping', since: 1, process, rung: 'powerdown', marks: [] },
  failed: { kind: 'failed', since: 1, failure, marks: [] },
  destroying: { kind: 'destroying', since: 1 },
};

const happenings: readonly VmHappening[] = [
  { type: 'prepared' },
  { type: 'start-requested' },
  { type: 'launched', process },
  { type: 'qmp-greeted' },
  { type: 'marked', mark: { name: 'kernel', at: 3, source: 'console' } },
  { type: 'became-ready' },
  { type: 'paused' },
  { type: 'resumed' },
  { type: 'suspended' },
  { type: 'restore-abandoned', to: 'suspended' },
  { type: 'stop-requested', rung: 'powerdown' },
  { type: 'stop-requested', rung: 'terminate' },
  { type: 'stop-requested', rung: 'kill' },
  { type: 'process-exited', exit },
  { type: 'failed', failure },
  { type: 'destroy-requested' },
];

/** from → happening → to; what is not named stays as it is. */
const moves: readonly [StateKind, VmHappening['type'], StateKind][] = [
  ['preparing', 'prepared', 'stopped'],
  ['stopped', 'start-requested', 'starting'],
  ['failed', 'start-requested', 'starting'],
  ['suspended', 'start-requested', 'starting'],
  ['booting', 'became-ready', 'ready'],
  ['restoring', 'became-ready', 'ready'],
  ['restoring', 'paused', 'paused'],
  ['ready', 'paused', 'paused'],
  ['paused', 'resumed', 'ready'],
  ['ready', 'suspended', 'suspended'],
  ['paused', 'suspended', 'suspended'],
  ['starting', 'restore-abandoned', 'suspended'],
  ['restoring', 'restore-abandoned', 'suspended'],
  ['restoring', 'stop-requested', 'stopping'],
  ['paused', 'stop-requested', 'stopping'],
  ['restoring', 'process-exited', 'stopped'],
  ['paused', 'process-exited', 'stopped'],
  ['restoring', 'failed', 'failed'],
  ['paused', 'failed', 'failed'],
  ['starting', 'stop-requested', 'stopped'],
  ['booting', 'stop-requested', 'stopping'],
  ['ready', 'stop-requested', 'stopping'],
  ['starting', 'process-exited', 'stopped'],
  ['booting', 'process-exited', 'stopped'],
  ['ready', 'process-exited', 'stopped'],
  ['stopping', 'process-exited', 'stopped'],
  ['starting', 'failed', 'failed'],
  ['booting', 'failed', 'failed'],
  ['ready', 'failed', 'failed'],
  ['stopping', 'failed', 'failed'],
];

describe('transition', () => {
  for (const kind of Object.keys(states) as StateKind[]) {
    for (const happening of happenings) {
      const move = moves.find(([from, type]) => from === kind && type === happening.type);
      const to = happening.type === 'destroy-requested' ? 'destroying' : (move?.[2] ?? kind);
      const rung = happening.type === 'stop-requested' ? ` (${happening.rung})` : '';
      it(`${kind}: ${happening.type}${rung} → ${to} [R-41]`, () => {
        expect(transition(states[kind], happening, 100).state.kind).toBe(to);
      });
    }
  }

  it('a start goes through launch, process, greeting and marks to ready', () => {
    const step = (state: VmState, happening: VmHappening): VmState => transition(state, happening, 7).state;
    let state = step(states.stopped, { type: 'start-requested' });
    expect(transition(states.stopped, { type: 'start-requested' }, 7).effects).toEqual(['launch']);
    state = step(state, { type: 'launched', process });
    expect(processOf(state)).toEqual(process);
    state = step(state, { type: 'qmp-greeted' });
    expect(state.kind).toBe('booting');
    state = step(state, { type: 'marked', mark: { name: 'kernel', at: 30, source: 'console' } });
    state = step(state, { type: 'marked', mark: { name: 'firmware', at: 20, source: 'console' } });
    state = step(state, { type: 'marked', mark: { name: 'kernel', at: 99, source: 'console' } });
    expect(marksOf(state).map((m) => [m.name, m.at])).toEqual([
      ['firmware', 20],
      ['kernel', 30],
    ]);
    expect(step(state, { type: 'became-ready' }).kind).toBe('ready');
  });

  it('the stop ladder is only climbed', () => {
    const terminate = transition(states.stopping, { type: 'stop-requested', rung: 'terminate' }, 2);
    expect(terminate.effects).toEqual(['terminate']);
    expect(transition(terminate.state, { type: 'stop-requested', rung: 'powerdown' }, 3)).toEqual({
      state: terminate.state,
      effects: [],
    });
    expect(transition(terminate.state, { type: 'stop-requested', rung: 'kill' }, 3).effects).toEqual(['kill']);
  });
});

/** A small generator with a seed, so that a failing walk can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('a random walk of 10,000 happenings', () => {
  for (const seed of [1, 20_261_121, 77]) {
    it(`keeps the rules (seed ${seed})`, () => {
      const next = randomNumbers(seed);
      let state: VmState = states.preparing;
      let holdsRunning = false;
      for (let i = 0; i < 10_000; i++) {
        const happening = happenings[Math.floor(next() * happenings.length)];
        if (!happening) throw new Error('no happening');
        const before = state;
        const { state: after, effects } = transition(before, happening, i);
        if (effects.includes('launch')) holdsRunning = true;
        if (effects.includes('release-running')) holdsRunning = false;
        // Every way into a resting state lets go of the running resources; only destroying lets go of the kept ones.
        if (['stopped', 'suspended', 'failed', 'destroying'].includes(after.kind)) expect(holdsRunning).toBe(false);
        if (effects.includes('remove')) expect(after.kind).toBe('destroying');
        // A process is only ended by an effect that says so, and never forgotten while it may live.
        if (processOf(before) && !processOf(after))
          expect(effects.includes('end-process') || happening.type === 'process-exited').toBe(true);
        if (['booting', 'restoring', 'ready', 'paused', 'stopping'].includes(after.kind))
          expect(processOf(after)).toBeDefined();
        expect(transition(before, happening, i)).toEqual({ state: after, effects });
        state = after.kind === 'destroying' && next() < 0.5 ? states.preparing : after;
        if (state === states.preparing) holdsRunning = false;
      }
    });
  }
});

describe('admission', () => {
  it('every request is answered in every state, and a denial names a reason and a next step', () => {
    const requests: readonly RequestKind[] = [
      'start',
      'stop',
      'restart',
      'destroy',
      'change',
      'wait-ready',
      'exec',
      'console',
    ];
    for (const request of requests) {
      for (const state of Object.values(states)) {
        const admission = admit(state, request);
        if (admission.outcome === 'denied') expect(admission.next.length).toBeGreaterThan(0);
        if (admission.outcome !== 'accepted') expect(admission.reason).not.toBe('');
      }
    }
  });

  it('destroy is never denied, start of a running VM is ignored', () => {
    for (const state of Object.values(states)) expect(admit(state, 'destroy').outcome).toBe('accepted');
    expect(admit(states.ready, 'start')).toEqual({ outcome: 'ignored', reason: 'it is running' });
    expect(admit(states.stopped, 'exec').outcome).toBe('denied');
  });
});
