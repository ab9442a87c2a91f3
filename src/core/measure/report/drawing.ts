/** Round numbers (1, 2, 5 times a power of ten) within the range, at most `most` of them. */
export function niceTicks(low: number, high: number, most: number): readonly number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= most) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(15)));
}

export type Scale = (value: number) => number;

/** A single value stands in the middle. */
export function linearScale(low: number, high: number, from: number, to: number): Scale {
  if (!(high > low)) return () => (from + to) / 2;
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

/** Coordinates without digits that no screen shows. */
export const round = (value: number): number => Number(value.toFixed(1));

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u;

/** An upper estimate at 12 px, because nothing here can ask a font. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (wide.test(character)) width += 13;
    else width += /[mwMWQOG@%&—…]/.test(character) ? 10.5 : 7.2;
  }
  return width;
}

export function shortened(text: string, maxWidth: number): string {
  if (textWidth(text) <= maxWidth) return text;
  let kept = '';
  for (const character of text) {
    if (textWidth(`${kept}${character}…`) > maxWidth) break;
    kept += character;
  }
  return `${kept}…`;
}
