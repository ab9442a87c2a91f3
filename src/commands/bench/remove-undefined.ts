/** For options that may be left out but not be undefined. */
export function removeUndefined<Values extends Readonly<Record<string, string | undefined>>>(
  values: Values,
): { readonly [Key in keyof Values]?: string } {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { readonly [Key in keyof Values]?: string };
}
