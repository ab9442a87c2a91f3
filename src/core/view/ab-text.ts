import type { AbResult, AbSide } from '../measure/boot-operations.ts';
import { comparisonText } from './comparison-text.ts';
import { textTable } from './text-table.ts';

/** As bench compare would print it, without what the two result files hold already. */
export function abDocument({ a, b, ...rest }: AbResult) {
  const side = ({ settings, resultPath }: AbSide) => ({ settings, resultPath });
  return { ...rest, a: side(a), b: side(b) };
}

/** The sides, why so many boots, the judgement, and how to have it again. */
export function abText(ab: AbResult, width?: number): string {
  const { a, b, number, comparison } = ab;
  const sides = textTable(
    [{ title: 'SIDE' }, { title: 'SETTINGS' }, { title: 'COMPLETED' }],
    [sideRow('A', a), sideRow('B', b)],
  );
  const why = `${number.sentence.charAt(0).toUpperCase()}${number.sentence.slice(1)}.\n`;
  return `${sides}\n${why}\n${comparisonText(comparison, width)}\nagain: ${compareCommand(ab)}\n`;
}

function sideRow(name: string, { settings, result }: AbSide): readonly string[] {
  const texts = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  const completed = result.attempts.filter(({ outcome }) => outcome === 'completed').length;
  return [name, texts.join(' ') || 'as the command line says', `${completed} of ${result.attempts.length} boots`];
}

/** The command that judges the two files in the same way. */
function compareCommand({ a, b, judgedBy: { metrics, accept, seed, tolerancePercent, ...of } }: AbResult): string {
  return [
    ...['sysmonvm bench compare', a.resultPath, b.resultPath],
    ...metrics.map((metric) => `--metric ${metric}`),
    ...(tolerancePercent === undefined ? [] : [`--tolerance ${tolerancePercent}`]),
    ...Object.entries(of.tolerancePercentOf).map(([metric, percent]) => `--tolerance ${metric}=${percent}`),
    ...Object.entries(of.betterOf).map(([metric, better]) => `--better ${metric}=${better}`),
    ...accept.map((name) => `--accept-difference ${name}`),
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
  ].join(' ');
}
