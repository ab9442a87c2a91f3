import { spawn } from 'node:child_process';
import { type Documented, difference } from './documented-blocks.ts';
import { outcomeOf } from './workbench.ts';

export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * Runs a documented command as a person would. Its comment says what that person types: "Ctrl-C" once something is
 * shown, "Ctrl-]" at a terminal that says it, "exit" to a shell.
 */
export async function runDocumented(documented: Documented, place: Place): Promise<void> {
  const comment = / # (.*)$/.exec(documented.command)?.[1] ?? '';
  const command = documented.command.replace(/--image debian-12\b/, '--image tiny');
  const atTerminal = comment.includes('Ctrl-]');
  const child = spawn(
    'sh',
    ['-c', atTerminal ? `script -qec ${quote(command.replace(/ #.*$/, ''))} /dev/null` : command],
    {
      cwd: place.cwd,
      env: place.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    },
  );
  const done = outcomeOf(child);
  child.stdin.on('error', () => undefined);
  const interrupted = comment.includes('Ctrl-C');
  let seen = '';
  let sent = false;
  child.stdout.on('data', (text: string) => {
    seen += text;
    if (sent || child.pid === undefined) return;
    if (interrupted) {
      sent = true;
      process.kill(-child.pid, 'SIGINT');
    } else if (atTerminal && seen.includes('Ctrl-]')) {
      sent = true;
      child.stdin.end('\u001d');
    }
  });
  if (!atTerminal) child.stdin.end(comment.includes('exit') ? 'exit\n' : '');
  const { code, signal, stdout, stderr } = await done;
  const said = `\`${command}\` (line ${documented.line})`;
  const shownError = documented.output?.some((line) => line.startsWith('error[')) ?? false;
  const succeeded = interrupted ? sent && (code === 0 || code === 130 || signal === 'SIGINT') : code === 0;
  if (succeeded === shownError) throw new Error(`${said} ended with ${signal ?? code}:\n${stdout}\n${stderr}`);
  if (documented.output === undefined) return;
  const differs = difference(documented.output, shownError ? stdout + stderr : stdout);
  if (differs !== undefined) throw new Error(`${said}: ${differs}\nand on standard error:\n${stderr}`);
}
