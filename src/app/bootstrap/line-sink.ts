/** What a terminal shows of a line in the end: a carriage return begins it anew. */
const shown = (line: string): string => line.trimEnd().split('\r').at(-1) ?? '';

/** A stream that hands on what it is given line by line; of a stream it is what the pumps of a command use. */
export function lineSink(onLine: (line: string) => void): {
  readonly stream: NodeJS.WritableStream;
  /** The last line may have no end. */
  readonly finish: () => void;
} {
  const decoder = new TextDecoder();
  let rest = '';
  const take = (bytes: Uint8Array | string, done?: () => void): boolean => {
    const lines = (rest + (typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true }))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(shown(line));
    done?.();
    return true;
  };
  const sink = { on: () => sink, once: () => sink, removeListener: () => sink, write: take };
  return {
    stream: sink as unknown as NodeJS.WritableStream,
    finish: () => {
      if (rest !== '') onLine(shown(rest));
    },
  };
}
