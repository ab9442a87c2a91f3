import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureProgram } from './ensure-sshd.ts';

export interface ScreenOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Program of the one window. dash by default: unlike bash it repairs nothing that a program left behind. */
  readonly shell?: readonly string[];
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
}

/** A real terminal: tmux with a server of its own and one window. */
export class Screen {
  readonly #directory = mkdtempSync(join(tmpdir(), 'sm-tty-'));
  readonly #tmux = ensureProgram('tmux');

  constructor(options: ScreenOptions) {
    const { env, shell = ['sh'], columns = 100, rows = 30, cwd = tmpdir() } = options;
    const size = ['-x', String(columns), '-y', String(rows), '-c', cwd];
    const variables = Object.entries({ LANG: 'C.UTF-8', ...env }).map(([name, value]) => `${name}=${value}`);
    this.#run('-f', '/dev/null', 'new-session', '-d', ...size, 'env', '-i', 'TERM=screen', ...variables, ...shell);
  }

  #run(...args: readonly string[]): string {
    return execFileSync(this.#tmux, ['-S', join(this.#directory, 'socket'), ...args], { encoding: 'utf8' });
  }

  /** Keys by the names that tmux gives them: `C-c`, `Tab`, `Enter`. */
  press(...keys: readonly string[]): void {
    this.#run('send-keys', ...keys);
  }

  type(text: string): void {
    this.#run('send-keys', '-l', text);
  }

  /** Types a line for the shell. */
  enter(line: string): void {
    this.type(line);
    this.press('Enter');
  }

  resize(columns: number, rows: number): void {
    this.#run('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What a person sees, without the empty rows at its end. */
  text(): string {
    return this.#run('capture-pane', '-p').trimEnd();
  }

  /** What a person sees and could scroll back to. */
  history(): string {
    return this.#run('capture-pane', '-p', '-S', '-').trimEnd();
  }

  /** Everything that is written to the terminal from now on goes to this file as well; undefined ends that. */
  pipeTo(path: string | undefined): void {
    this.#run('pipe-pane', ...(path === undefined ? [] : ['-O', `cat > ${path}`]));
  }

  /** What tmux knows of the pane: `#{cursor_flag}`, `#{alternate_on}`. */
  format(text: string): string {
    return this.#run('display-message', '-p', text).trim();
  }

  close(): void {
    try {
      this.#run('kill-server');
    } finally {
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }
}
