const dashes: readonly (readonly number[])[] = [[], [8, 5], [2, 4], [12, 4, 2, 4], [6, 3], [3, 3]];

/** Colour and dash of a group of hardware, the same in every chart of the page. */
export function lineOf(index: number): {
  readonly variable: string;
  readonly dash: readonly number[];
  readonly key: string;
} {
  const place = index % dashes.length;
  return { variable: `--line-${place}`, dash: dashes[place] ?? [], key: `key key-${place}` };
}

/** Value of a colour of the page, which depends on the scheme. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
