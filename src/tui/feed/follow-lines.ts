import type { Engine, LogSource } from '../../core/engine.ts';
import { printable } from '../../core/view/printable.ts';
import { linesHeld } from '../state/line-view.ts';
import { beatMs } from '../state/store.ts';

interface Following {
  readonly engine: Pick<Engine, 'logs'>;
  readonly name: string;
  readonly source: LogSource;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** What came within one beat. */
  readonly gathered: (lines: readonly string[]) => void;
}

/** Lines of a log as they come; what the log of the guest itself has is told once. Ends with the log or the signal. */
export async function followLines({ engine, name, source, requestId, signal, gathered }: Following): Promise<void> {
  const fresh: string[] = [];
  let flushing: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(flushing);
    flushing = undefined;
    if (fresh.length > 0) gathered(fresh.splice(0));
  };
  const call = { requestId, signal, report: () => undefined };
  try {
    for await (const line of engine.logs(name, { source, follow: source !== 'cloud-init', lines: linesHeld }, call)) {
      fresh.push(printable(line));
      flushing ??= setTimeout(flush, beatMs);
    }
  } finally {
    flush();
  }
}
