import type { Progress } from '../core/engine.ts';
import type { HideTyping } from './compose-types.ts';
import { createLineReporter } from './progress-lines.ts';
import type { Terminal } from './terminal.ts';

export interface ProgressDisplay {
  readonly report: (progress: Progress) => void;
  /** What follows is not redrawn: a question, or a program that asks on the terminal itself, such as sudo. */
  readonly continueAsLines: () => Promise<void>;
  /** Takes it off the screen; what is reported afterwards is dropped. */
  readonly end: () => Promise<void>;
}

export type ProgressMode = 'none' | 'lines' | 'screen';

export function progressMode(
  terminal: Terminal,
  flags: { readonly json: boolean; readonly quiet: boolean; readonly verbose: boolean },
  env: Readonly<Record<string, string | undefined>>,
): ProgressMode {
  if (flags.quiet || (flags.json && !flags.verbose)) return 'none';
  const redraws = terminal.stderrIsTty && env['TERM'] !== 'dumb' && !env['CI'] && !flags.verbose;
  return redraws ? 'screen' : 'lines';
}

/** A display that takes a moment to load is not worth it for work that takes less. */
const screenAfterMs = 200;

function screenDisplay(terminal: Terminal, now: () => number, hideTyping: HideTyping): ProgressDisplay {
  const early: Progress[] = [];
  let screen: Pick<ProgressDisplay, 'report' | 'end'> | undefined;
  let opening: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let phase: 'screen' | 'lines' | 'ended' = 'screen';
  const writeLine = createLineReporter((line) => terminal.streams.stderr.write(`${line}\n`), { verbose: false, now });
  let showTyping = (): void => {};
  const open = async (): Promise<void> => {
    const { openProgressScreen } = await import('../ink/progress-screen.tsx');
    if (phase !== 'screen') return;
    showTyping = await hideTyping();
    screen = openProgressScreen({ stream: terminal.streams.stderr, color: terminal.color, now });
    for (const event of early.splice(0)) screen.report(event);
  };
  const leave = async (next: 'lines' | 'ended'): Promise<void> => {
    const left = phase;
    if (left === 'ended') return;
    phase = next;
    if (left === 'lines') return;
    clearTimeout(timer);
    try {
      await opening;
      await screen?.end();
    } finally {
      showTyping();
    }
    for (const event of early.splice(0)) if (event.kind === 'notice') writeLine(event);
  };
  return {
    report: (event) => {
      if (phase === 'ended') return;
      if (phase === 'lines') {
        writeLine(event);
        return;
      }
      if (screen !== undefined) {
        screen.report(event);
        return;
      }
      early.push(event);
      timer ??= setTimeout(() => {
        opening = open();
      }, screenAfterMs);
    },
    continueAsLines: () => leave('lines'),
    end: () => leave('ended'),
  };
}

export function createProgress(
  mode: ProgressMode,
  terminal: Terminal,
  options: { readonly verbose: boolean; readonly now: () => number; readonly hideTyping: HideTyping },
): ProgressDisplay {
  if (mode === 'none') return { report: () => {}, continueAsLines: async () => {}, end: async () => {} };
  if (mode === 'screen') return screenDisplay(terminal, options.now, options.hideTyping);
  let ended = false;
  const write = createLineReporter((line) => terminal.streams.stderr.write(`${line}\n`), options);
  return {
    report: (event) => {
      if (!ended) write(event);
    },
    continueAsLines: async () => {},
    end: async () => {
      ended = true;
    },
  };
}
