/** A stream that keeps the beginning of what it is given; of a stream it is what the pumps of a command use. */
export function boundedSink(limitBytes: number): {
  readonly stream: NodeJS.WritableStream;
  readonly text: () => string;
  readonly truncated: () => boolean;
} {
  const decoder = new TextDecoder();
  let text = '';
  let [kept, total] = [0, 0];
  const take = (bytes: Uint8Array | string, done?: () => void): boolean => {
    const chunk = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
    total += chunk.length;
    const part = chunk.subarray(0, limitBytes - kept);
    kept += part.length;
    text += decoder.decode(part, { stream: true });
    done?.();
    return true;
  };
  const sink = { on: () => sink, once: () => sink, removeListener: () => sink, write: take };
  return { stream: sink as unknown as NodeJS.WritableStream, text: () => text, truncated: () => total > kept };
}
