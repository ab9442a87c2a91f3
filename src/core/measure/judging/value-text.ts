/** Four significant digits, whole from a thousand on. */
export function numberText(value: number): string {
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}

export const valueText = (value: number, unit: string): string =>
  `${numberText(value)}${unit === '' ? '' : ` ${unit}`}`;

/** With its sign; `-` where there is none to tell. */
export const percentText = (percent: number): string =>
  Number.isFinite(percent) ? `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %` : '-';

/** A limit: as it was given. */
export const shareText = (percent: number): string => `${Number(percent.toFixed(2))} %`;

type Parameters = Readonly<Record<string, string | number>>;

/** ` (packet_size=64)`; nothing without parameters. */
function parametersText(parameters: Parameters): string {
  const shown = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return shown.length === 0 ? '' : ` (${shown.map(([name, value]) => `${name}=${value}`).join(', ')})`;
}

export const workloadTitle = (of: { readonly workload: string; readonly parameters: Parameters }): string =>
  `${of.workload}${parametersText(of.parameters)}`;

/** `udp-burst throughput (packet_size=64)` */
export const seriesTitle = (of: {
  readonly workload: string;
  readonly metric: string;
  readonly parameters: Parameters;
}): string => `${of.workload} ${of.metric}${parametersText(of.parameters)}`;
