/** Four significant digits, whole from a thousand on: more would claim what no boot repeats. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}

export const valueText = (value: number, unit: string): string =>
  Number.isFinite(value) ? `${numberText(value)}${unit === '' ? '' : ` ${unit}`}` : '-';

export const signedText = (value: number, unit: string): string =>
  `${value > 0 && Number.isFinite(value) ? '+' : ''}${valueText(value, unit)}`;

/** A share of the baseline; of a baseline of 0 there is none. */
export function percentText(percent: number): string {
  if (!Number.isFinite(percent)) return '-';
  const rounded = percent.toFixed(Math.abs(percent) < 0.1 && percent !== 0 ? 2 : 1);
  return `${percent > 0 ? '+' : ''}${rounded} %`;
}

/** undefined where an end is not known: half an interval is none. */
export function intervalText(
  low: number | undefined,
  high: number | undefined,
  show: (value: number) => string,
): string | undefined {
  if (low === undefined || high === undefined || !Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  return `${show(low)} to ${show(high)}`;
}

/** 0.95 → `95 %` */
export const shareText = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
