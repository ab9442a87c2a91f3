export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A config file as read: plain values, and where each dotted path (`networking.forwarded_ports.0.host`) stands. */
export interface ParsedConfigFile {
  readonly path: string;
  readonly values: unknown;
  readonly positions: ReadonlyMap<string, Position>;
}

/** The position of a path, or of the nearest thing around it. */
export function positionOf(file: ParsedConfigFile, path: string): Position {
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const found = file.positions.get(parts.slice(0, length).join('.'));
    if (found !== undefined) return found;
  }
  return { line: 1, column: 1 };
}
