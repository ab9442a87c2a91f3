/**
 * The text by which somebody who polls says what he has seen last: `RUN-NUMBER`. The run changes with every start of the
 * service, whose numbers begin anew: a text of another run means that nothing has been seen.
 */
export const sequenceText = (run: string, sequence: number): string => `${run}-${sequence}`;

/** 0: everything that is kept is new. */
export function sequenceNumber(text: string, run: string): number {
  const [, of, number] = /^(.*)-(\d+)$/.exec(text) ?? [];
  return of === run ? Number(number) : 0;
}
