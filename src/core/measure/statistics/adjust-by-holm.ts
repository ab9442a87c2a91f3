/**
 * p values (0…1) of several tests made together, in the order given, so that the chance of even one false alarm among all stays what one test
 * alone would have (Holm 1979, sequentially rejective Bonferroni).
 */
export function adjustByHolm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1));
  const adjusted = [...pValues];
  let least = 0;
  for (const [place, index] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues[index] ?? 1) * (order.length - place)));
    adjusted[index] = least;
  }
  return adjusted;
}
