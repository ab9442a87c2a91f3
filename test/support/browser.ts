import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export interface PageOptions {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

export interface OpenedPage {
  /** The value of an expression, as JSON carries it. */
  evaluate<Value>(expression: string): Promise<Value>;
  press(key: string): Promise<void>;
  /** What the page complained about: exceptions, errors on the console, things that its policy forbade. */
  readonly complaints: readonly string[];
}

/** Chromium without a window, driven over two pipes with the DevTools protocol: JSON, each message ended by a NUL. */
export class Browser {
  readonly #profile = mkdtempSync(join(tmpdir(), 'sysmonvm-browser-'));
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve(message: Message): void; reject(error: Error): void }>();
  readonly #listeners: ((message: Message) => void)[] = [];
  #next = 1;

  constructor() {
    const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
    this.#process = spawn(
      'chromium',
      [...quiet, '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    const end = (error: Error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
    };
    this.#process.once('error', end);
    this.#process.once('exit', (code) => end(new Error(`chromium ended with ${code}`)));
    let rest = '';
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = `${rest}${text}`.split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#receive(JSON.parse(message) as Message);
    });
  }

  #receive(message: Message): void {
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id);
    if (waiting !== undefined && message.id !== undefined) {
      this.#waiting.delete(message.id);
      waiting.resolve(message);
    }
    for (const listener of this.#listeners) listener(message);
  }

  async #send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = this.#next++;
    const answer = new Promise<Message>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const message = JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) });
    (this.#process.stdio[3] as Writable).write(`${message}\0`);
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  async open(url: string, { width, height, dark = false }: PageOptions): Promise<OpenedPage> {
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    const session = String(sessionId);
    const send = (method: string, params: object = {}) => this.#send(method, params, session);
    const complaints: string[] = [];
    let loaded = () => {};
    const load = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    this.#listeners.push((message) => {
      if (message.sessionId !== session) return;
      if (message.method === 'Page.loadEventFired') loaded();
      const level = (message.params as { entry?: { level?: string } } | undefined)?.entry?.level;
      const kind = (message.params as { type?: string } | undefined)?.type;
      const complains =
        message.method === 'Runtime.exceptionThrown' ||
        (message.method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(kind ?? '')) ||
        (message.method === 'Log.entryAdded' && ['error', 'warning'].includes(level ?? ''));
      if (complains) complaints.push(JSON.stringify(message.params));
    });
    for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`);
    await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
    await send('Emulation.setEmulatedMedia', { features });
    await send('Page.navigate', { url });
    await load;
    return {
      complaints,
      evaluate: async <Value>(expression: string) => {
        const answer = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
        if (answer['exceptionDetails'] !== undefined) throw new Error(JSON.stringify(answer['exceptionDetails']));
        return (answer['result'] as { value: Value }).value;
      },
      press: async (key) => {
        for (const type of ['keyDown', 'keyUp']) await send('Input.dispatchKeyEvent', { type, key, code: key });
      },
    };
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
