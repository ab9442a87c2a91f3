import { printable } from '../../view/printable.ts';
import type { Change, Comparison } from '../comparison.ts';
import { byGravity, criterionText, deltaInterval, limitText, remarkOf, titleOf } from './report-tables.ts';
import { seriesTitle } from './series-title.ts';
import { percentText, valueText } from './value-text.ts';

/**
 * Workflow commands, one a line: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 * The runner takes a line apart at `::`, `,` and `:`; what is escaped here is what it unescapes. It shows ten of each
 * kind a step, so the gravest come first.
 */
type Level = 'error' | 'warning' | 'notice';

const levels: Readonly<Partial<Record<Change, Level>>> = {
  regressed: 'error',
  inconclusive: 'warning',
  improved: 'notice',
};

const escapeData = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** The runner splits at line ends only; other controls would reach the terminal of whoever reads the log. */
const visible = (text: string) => text.split('\n').map(printable).join('\n');

const annotation = (level: Level, title: string, message: string) =>
  `::${level} title=${escapeProperty(visible(title))}::${escapeData(visible(message))}\n`;

export function githubAnnotations(comparison: Comparison): string {
  return [
    ...comparison.incomparable.map((reason) => annotation('warning', 'Not comparable', reason)),
    ...comparison.criteria
      .filter(({ met }) => !met)
      .map((result) => {
        const measured =
          result.value === undefined ? 'nothing was measured' : `measured ${valueText(result.value, result.unit)}`;
        return annotation(
          'error',
          `Criterion not met: ${seriesTitle(result)}`,
          `${criterionText(result)}: ${measured}`,
        );
      }),
    ...byGravity(comparison.series).flatMap((one) => {
      const level = levels[one.change];
      if (level === undefined) return [];
      const { unit } = one.definition;
      const numbers = `${valueText(one.baseline.center, unit)} -> ${valueText(one.current.center, unit)} (trimmed means), ${percentText(one.deltaPercent)} (interval ${deltaInterval(one)}; limit ${limitText(one)})`;
      return [annotation(level, `${titleOf(one)} ${one.change}`, `${numbers}\n${remarkOf(one)}`)];
    }),
    ...comparison.missing.map((one) =>
      annotation('warning', `Missing: ${seriesTitle(one)}`, `no result in ${one.missingIn}`),
    ),
  ].join('');
}
