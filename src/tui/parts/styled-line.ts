import type { Meaning } from '../terminal/theme.ts';

export interface Segment {
  readonly text: string;
  readonly meaning?: Meaning;
}

/** One line of a page, in pieces. */
export type StyledLine = readonly Segment[];

export const plain = (text: string): StyledLine => [{ text }];
export const styled = (text: string, meaning: Meaning): StyledLine => [{ text, meaning }];
export const lineText = (line: StyledLine): string => line.map(({ text }) => text).join('');
