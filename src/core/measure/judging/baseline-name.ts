import type { ResultSet } from '../result-set.ts';

/** Name of the file of a baseline that was given none. */
export const baselineName = ({ guest, kind }: Pick<ResultSet, 'guest' | 'kind'>): string =>
  kind === 'boot' ? guest : `${guest}-workloads`;
