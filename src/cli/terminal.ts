/** Standard streams of the process; tests pass their own. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(mode: boolean): unknown };
  readonly stdout: NodeJS.WritableStream & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: NodeJS.WritableStream & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
}

export interface Terminal {
  readonly streams: Streams;
  readonly stdinIsTty: boolean;
  readonly stdoutIsTty: boolean;
  readonly stderrIsTty: boolean;
  readonly color: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Name of the terminal's type for a pty in the guest. */
  readonly term: string;
}

export function describeTerminal(
  streams: Streams,
  env: Readonly<Record<string, string | undefined>>,
  colorAllowed: boolean,
): Terminal {
  const term = env['TERM'] ?? '';
  const noColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return {
    streams,
    stdinIsTty: streams.stdin.isTTY === true,
    stdoutIsTty: streams.stdout.isTTY === true,
    stderrIsTty: streams.stderr.isTTY === true,
    color: colorAllowed && !noColor && term !== 'dumb' && streams.stderr.isTTY === true,
    columns: streams.stdout.columns ?? streams.stderr.columns ?? 80,
    rows: streams.stdout.rows ?? streams.stderr.rows ?? 24,
    term: term === '' ? 'xterm-256color' : term,
  };
}

const escapes = { red: '31', yellow: '33', green: '32', bold: '1', dim: '2' } as const;

export function paint(terminal: Terminal, style: keyof typeof escapes, text: string): string {
  return terminal.color ? `\u001b[${escapes[style]}m${text}\u001b[0m` : text;
}
