import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A whole number from 0 up to, but not including, the bound. */
export type RandomIndex = (bound: number) => number;

/** The same seed gives the same numbers on every machine; `stream` keeps two uses of one seed apart. */
export function seededRandom(seed: number, stream: string): RandomIndex {
  const generator = xoroshiro128plus(hash(`${seed} ${stream}`));
  return (bound) => Math.floor(((generator.next() >>> 0) / 2 ** 32) * bound);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return state | 0;
}
