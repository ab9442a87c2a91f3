type Parameters = Readonly<Record<string, string | number>>;

export const parametersText = (parameters: Parameters): string =>
  Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

/** `boot: total`, `udp-burst: throughput (packet_size=64)` */
export function seriesTitle(of: {
  readonly workload: string;
  readonly metric: string;
  readonly parameters: Parameters;
}): string {
  const parameters = parametersText(of.parameters);
  return `${of.workload}: ${of.metric}${parameters === '' ? '' : ` (${parameters})`}`;
}
