import type { Progress } from '../engine.ts';
import { formatDuration } from '../units/duration.ts';
import { formatBytes } from '../units/size.ts';
import type { BootMark } from '../vm/vm-state.ts';
import { printable } from './printable.ts';

export interface StepLine {
  readonly step: string;
  readonly state: 'running' | 'done' | 'skipped';
  readonly detail?: string;
  readonly startedAt: number;
  readonly endedAt?: number;
}

export interface Transfer {
  readonly what: string;
  readonly done: number;
  readonly total?: number;
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  readonly startedAt: number;
}

/** Everything a progress display shows; made from the events, one after the other. */
export interface ProgressState {
  readonly steps: readonly StepLine[];
  readonly transfer?: Transfer;
  readonly bootStartedAt?: number;
  readonly marks: readonly BootMark[];
  readonly consoleLines: readonly string[];
  readonly waiting?: { readonly probe: string; readonly answer: string };
  readonly notices: readonly { readonly level: 'info' | 'warning'; readonly text: string }[];
}

export const emptyProgress: ProgressState = { steps: [], marks: [], consoleLines: [], notices: [] };
const consoleLinesKept = 5;

function withStep(state: ProgressState, event: Extract<Progress, { kind: 'step' }>, now: number): ProgressState {
  const known = state.steps.find((line) => line.step === event.step && line.state === 'running');
  const line: StepLine = {
    step: event.step,
    state: event.state,
    startedAt: known?.startedAt ?? now,
    ...(event.detail === undefined ? {} : { detail: event.detail }),
    ...(event.state === 'running' ? {} : { endedAt: now }),
  };
  const steps = known === undefined ? [...state.steps, line] : state.steps.map((old) => (old === known ? line : old));
  const { transfer, ...rest } = state;
  return event.state === 'running' && transfer !== undefined ? { ...state, steps } : { ...rest, steps };
}

export function reduceProgress(state: ProgressState, event: Progress, now: number): ProgressState {
  switch (event.kind) {
    case 'step':
      return withStep(state, event, now);
    case 'bytes': {
      const same = state.transfer?.what === event.what ? state.transfer : undefined;
      const { kind: _, ...amounts } = event;
      return { ...state, transfer: { ...amounts, startedAt: same?.startedAt ?? now } };
    }
    case 'mark':
      return { ...state, bootStartedAt: event.startedAt, marks: [...state.marks, event.mark] };
    case 'console': {
      const line = printable(event.line).trimEnd();
      return line === '' ? state : { ...state, consoleLines: [...state.consoleLines, line].slice(-consoleLinesKept) };
    }
    case 'waiting':
      return { ...state, waiting: { probe: event.probe, answer: event.answer } };
    case 'notice':
      return { ...state, notices: [...state.notices, { level: event.level, text: event.text }] };
  }
}

/** `, 3 MiB/s, 20s left`: what is known of it. */
export function paceText(rate: number | undefined, secondsLeft: number | undefined): string {
  const speed = rate === undefined ? '' : `, ${formatBytes(Math.round(rate))}/s`;
  return `${speed}${secondsLeft === undefined ? '' : `, ${formatDuration(Math.round(secondsLeft) * 1000)} left`}`;
}

/** As measured by the sender, else since the transfer began; undefined while that says nothing. */
export function transferRate(transfer: Transfer, now: number): number | undefined {
  if (transfer.bytesPerSecond !== undefined) return transfer.bytesPerSecond;
  const ms = now - transfer.startedAt;
  return ms < 500 ? undefined : (transfer.done / ms) * 1000;
}
