import type { BootMark, MarkName } from '../vm/vm-state.ts';
import { markNames } from '../vm/vm-state.ts';

/** One stage of a boot: the time from the mark before it to its own mark. */
export interface BootStage {
  readonly name: MarkName;
  readonly title: string;
  readonly source: BootMark['source'];
  /** From the first mark. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface BootTimeline {
  readonly stages: readonly BootStage[];
  readonly totalMs: number;
  readonly complete: boolean;
}

export const markTitles: Readonly<Record<MarkName, string>> = {
  'process-started': 'QEMU started',
  'qmp-greeting': 'QEMU answers',
  'state-loaded': 'memory restored',
  'identity-renewed': 'identity renewed',
  firmware: 'firmware',
  bootloader: 'boot loader',
  kernel: 'kernel',
  initrd: 'initrd',
  init: 'init',
  'login-prompt': 'login prompt',
  'ssh-banner': 'SSH answers',
  'ssh-login': 'SSH login',
  'cloud-init-done': 'cloud-init done',
  ready: 'ready',
};

/** Marks in the order of time; two at the same moment in the order of a boot. undefined: nothing was seen. */
export function bootTimeline(marks: readonly BootMark[]): BootTimeline | undefined {
  const ordered = [...marks].sort((a, b) => a.at - b.at || markNames.indexOf(a.name) - markNames.indexOf(b.name));
  const first = ordered[0];
  const last = ordered.at(-1);
  if (first === undefined || last === undefined) return undefined;
  let before = first.at;
  const stages = ordered.map((mark): BootStage => {
    const startMs = before - first.at;
    before = mark.at;
    return { name: mark.name, title: markTitles[mark.name], source: mark.source, startMs, endMs: mark.at - first.at };
  });
  return { stages, totalMs: last.at - first.at, complete: last.name === 'ready' };
}

export interface Bar {
  readonly offset: number;
  readonly width: number;
}

/** Place of a stage on a line of `columns` cells; at least one cell wide and never beyond the end. */
export function barOf(stage: BootStage, totalMs: number, columns: number): Bar {
  if (totalMs <= 0) return { offset: 0, width: 1 };
  const offset = Math.min(columns - 1, Math.round((stage.startMs / totalMs) * columns));
  const end = Math.min(columns, Math.round((stage.endMs / totalMs) * columns));
  return { offset, width: Math.max(1, end - offset) };
}
