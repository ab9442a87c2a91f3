/** Takes everything and says nothing; of a stream it is what outlets use. */
export function silentSink(): NodeJS.WritableStream {
  const sink = {
    on: () => sink,
    once: () => sink,
    removeListener: () => sink,
    write: (_: unknown, done?: () => void) => {
      if (typeof done === 'function') done();
      return true;
    },
  };
  return sink as unknown as NodeJS.WritableStream;
}
