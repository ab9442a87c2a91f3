import type { Progress } from '../core/engine.ts';
import { formatDuration } from '../core/units/duration.ts';
import { formatBytes } from '../core/units/size.ts';
import { markTitles } from '../core/view/boot-timeline.ts';
import { printable } from '../core/view/printable.ts';
import { paceText } from '../core/view/progress-state.ts';

const transferEveryMs = 5000;

/** Progress as plain lines, for logs of CI jobs and terminals that cannot redraw. */
export function createLineReporter(
  write: (line: string) => void,
  options: { readonly verbose: boolean; readonly now: () => number },
): (progress: Progress) => void {
  let lastTransfer = { what: '', at: 0, done: -1 };
  const transfer = (event: Extract<Progress, { kind: 'bytes' }>): void => {
    const finished = event.total !== undefined && event.done >= event.total;
    const repeated = event.what === lastTransfer.what;
    if (repeated && event.done === lastTransfer.done) return;
    if (repeated && !finished && options.now() - lastTransfer.at < transferEveryMs) return;
    lastTransfer = { what: event.what, at: options.now(), done: event.done };
    const share = event.total
      ? ` of ${formatBytes(event.total)} (${Math.floor((event.done / event.total) * 100)} %)`
      : '';
    write(`${event.what}: ${formatBytes(event.done)}${share}${paceText(event.bytesPerSecond, event.secondsLeft)}`);
  };
  return (event) => {
    switch (event.kind) {
      case 'step': {
        const ending = { running: ' …', done: ': done', skipped: ': skipped' }[event.state];
        write(`${event.step}${ending}${event.detail === undefined ? '' : ` (${event.detail})`}`);
        return;
      }
      case 'bytes':
        transfer(event);
        return;
      case 'mark':
        write(
          `boot: ${markTitles[event.mark.name]} after ${formatDuration(Math.max(0, event.mark.at - event.startedAt))}`,
        );
        return;
      case 'console':
        if (options.verbose) write(`console| ${printable(event.line)}`);
        return;
      case 'waiting':
        if (options.verbose) write(`waiting for ${event.probe}: ${event.answer}`);
        return;
      case 'notice':
        write(event.level === 'warning' ? `warning: ${event.text}` : event.text);
    }
  };
}
