import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { markOfLine, panicOfLine, plainConsoleText, splitConsole } from '../../core/vm/console-marks.ts';
import type { BootMark, MarkName } from '../../core/vm/vm-state.ts';
import type { Dependencies } from '../dependencies.ts';

export interface ConsoleWatch {
  readonly deps: Dependencies;
  readonly call: Call;
  readonly path: string;
  /** Only who watched from the first byte knows when a line came; others take no marks from what lies there already. */
  readonly fromStart: boolean;
  readonly signal: AbortSignal;
  readonly onMark: (name: MarkName, source: BootMark['source']) => Promise<void>;
}

const intervalMs = 25;

/** Never returns; a kernel panic makes it fail. */
export async function watchConsole({ deps, call, path, fromStart, signal, onMark }: ConsoleWatch): Promise<never> {
  const seen = new Set<MarkName>();
  let rest = '';
  const from = fromStart ? 0 : await deps.files.size(path);
  for await (const chunk of deps.files.follow(path, { from, intervalMs, signal })) {
    const split = splitConsole(rest, chunk);
    rest = split.rest;
    for (const line of [...split.lines, plainConsoleText(rest)]) {
      const reason = panicOfLine(line);
      if (reason !== undefined)
        fail('guest.panic', `the kernel of the guest panicked: ${reason}`, { details: { reason } });
      const mark = markOfLine(line);
      if (mark && !seen.has(mark)) {
        seen.add(mark);
        await onMark(mark, 'console');
      }
    }
    const last = split.lines.findLast((line) => line.trim() !== '');
    if (last) call.report({ kind: 'console', line: last });
  }
  signal.throwIfAborted();
  throw new Error('the console ended');
}
