import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { temporaryDirectory } from './temporary-directory.ts';

/** Debian's own, which has python3-grpcio. */
const python = '/usr/bin/python3';
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/checker/${name}`, import.meta.url));
const running = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  running.clear();
});

/** A fixture in Python that is given lines and prints lines; what it says on stderr is the error when it ends early. */
interface LineProgram {
  say(line: string): void;
  /** @throws what it said on stderr, when it has ended. */
  next(): Promise<string>;
  kill(): Promise<void>;
}

/** Gives it a directory to generate code into. */
export async function startPython(name: string, before: readonly string[], after: readonly string[] = []) {
  const work = await temporaryDirectory('sm-py-');
  const child = spawn(python, [fixture(name), ...before, work, ...after], { stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const program: LineProgram = {
    say: (line) => child.stdin.write(`${line}\n`),
    async next() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${name} has ended: ${errors}`);
      return value;
    },
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      running.delete(child);
    },
  };
  return program;
}

const protos = fileURLToPath(new URL('../../proto', import.meta.url));

export interface TlsClient {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Calls of one client, whose code is generated from proto/. */
export async function pythonClient(port: number, tls?: TlsClient) {
  const files = tls === undefined ? [] : [tls.ca, tls.cert ?? '-', tls.key ?? '-'];
  const program = await startPython('call-agent.py', [`127.0.0.1:${port}`, protos], files);
  return async (method: string, request: Readonly<Record<string, string>> = {}) => {
    program.say(JSON.stringify({ method, request }));
    return JSON.parse(await program.next());
  };
}
