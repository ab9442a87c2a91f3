import type { HistoryPoint } from '../core/measure/history/history.ts';
import { failuresText, pointText } from '../core/measure/history/history-text.ts';
import { intervalText, numberText } from '../core/measure/report/value-text.ts';
import { element } from './element.ts';

/** undefined: the commit is not known, or nobody said where commits are shown. */
export const commitLink = ({ commit }: HistoryPoint, template: string | undefined): string | undefined =>
  commit === undefined || template === undefined
    ? undefined
    : template.replaceAll('{commit}', encodeURIComponent(commit));

export function commitElement(point: HistoryPoint, template: string | undefined): Node | string {
  const href = commitLink(point, template);
  const short = point.commit?.slice(0, 12) ?? '-';
  return href === undefined ? short : element('a', { href, rel: 'noreferrer' }, short);
}

export const dateText = ({ at }: HistoryPoint): string => at.slice(0, 16).replace('T', ' ');

export const intervalOf = ({ low, high }: HistoryPoint): string => intervalText(low, high, numberText) ?? '-';

/** One line about a point, for eyes and for screen readers. */
export function pointSentence(point: HistoryPoint, unit: string): string {
  const interval = point.low === undefined ? '' : `, interval ${intervalOf(point)}`;
  const failures = point.failed + point.timeout === 0 ? '' : `, failed: ${failuresText(point)}`;
  const judged = point.change === undefined ? '' : `, ${point.change} against the baseline`;
  const notes = point.notes.length === 0 ? '' : `. Changed: ${point.notes.join('; ')}`;
  return `${point.runId}, ${dateText(point)}: ${pointText(point, unit)}${interval}${failures}${judged}, hardware ${point.hardware}${notes}`;
}
