import type { EventEmitter } from 'node:events';

interface NoisyProcess extends Pick<EventEmitter, 'on' | 'listeners' | 'removeAllListeners'> {
  readonly stderr: { write: NodeJS.WriteStream['write'] };
}

/** Of what is held, the newest part. */
const keptChars = 64 * 1024;

/**
 * Keeps what the process would say on standard error (warnings of Node among it, which go past the stream) off a screen
 * that is drawn on. Returns how to let it out.
 */
export function holdNoise(target: NoisyProcess = process): () => void {
  const { stderr } = target;
  const write = stderr.write;
  const told = target.listeners('warning') as ((warning: Error) => void)[];
  let held = '';
  const hold = (text: string): void => {
    held = (held + text).slice(-keptChars);
  };
  stderr.write = ((chunk: Uint8Array | string, ...rest: readonly unknown[]) => {
    hold(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const done = rest.find((one) => typeof one === 'function');
    if (done !== undefined) setImmediate(done as () => void);
    return true;
  }) as typeof stderr.write;
  target.removeAllListeners('warning');
  target.on('warning', (warning: Error) => hold(`${warning.name}: ${warning.message}\n`));
  return () => {
    stderr.write = write;
    target.removeAllListeners('warning');
    for (const listener of told) target.on('warning', listener);
    if (held !== '') stderr.write(held);
    held = '';
  };
}
