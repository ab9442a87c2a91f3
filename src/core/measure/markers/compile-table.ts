import type { MarkerTable } from './marker-table.ts';

interface Compiled {
  readonly regex: RegExp;
  /** Asks where the line ends, so an unfinished line can only be judged when nothing more comes. */
  readonly needsEnd: boolean;
}

interface CompiledMarker extends Compiled {
  readonly name: string;
  readonly ends: boolean;
}

export interface CompiledTable {
  readonly markers: readonly CompiledMarker[];
  readonly failures: readonly (Compiled & { readonly what: string })[];
}

export function compileTable(table: MarkerTable): CompiledTable {
  return {
    markers: table.markers.map(({ name, pattern, flags }) => ({
      name,
      ends: table.end.includes(name),
      ...compiled(pattern, flags),
    })),
    failures: table.failure.map(({ pattern, flags, what }) => ({ what, ...compiled(pattern, flags) })),
  };
}

function compiled(pattern: string, flags = ''): Compiled {
  return { regex: new RegExp(pattern, flags), needsEnd: /(?<!\\)(?:\\\\)*(?:\$|\\b|\(\?!)/.test(pattern) };
}
