const mib = 1024 ** 2;

/** Bytes of each suffix. `GB` and `GiB` mean the same here, as they do for QEMU: powers of 1024. */
const suffixBytes = { K: 1024, M: mib, G: 1024 ** 3, T: 1024 ** 4 } as const;
export type SizeSuffix = keyof typeof suffixBytes;

export interface ParsedSize {
  readonly bytes: number;
  /** False for a bare number, whose unit is the caller's. */
  readonly hasSuffix: boolean;
}

const grammar = /^(\d+(?:\.\d+)?)\s*(?:([KMGT])(?:i?B)?)?$/i;

/** "6G", "512M", "1.5 GiB", "6144" (in the bare unit). undefined when the text is not a size. */
export function parseSize(text: string, bareUnit: SizeSuffix): ParsedSize | undefined {
  const match = grammar.exec(text.trim());
  if (match === null) return undefined;
  const suffix = match[2]?.toUpperCase() as SizeSuffix | undefined;
  const bytes = Math.round(Number(match[1]) * suffixBytes[suffix ?? bareUnit]);
  return Number.isSafeInteger(bytes) ? { bytes, hasSuffix: suffix !== undefined } : undefined;
}

/** The largest unit in which the number stays readable: "6 GiB", "1.5 GiB", "512 MiB", "17 bytes". */
export function formatBytes(bytes: number): string {
  for (const suffix of ['T', 'G', 'M', 'K'] as const) {
    const value = bytes / suffixBytes[suffix];
    if (value >= 1) return `${Number(value.toFixed(value < 10 ? 2 : 1))} ${suffix}iB`;
  }
  return `${bytes} bytes`;
}

export function formatMib(mebibytes: number): string {
  return formatBytes(mebibytes * mib);
}

export const bytesPerMib = mib;
export const bytesPerGib = suffixBytes.G;
