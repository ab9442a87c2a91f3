/**
 * What is typed while something is drawn must not be shown in the picture. Only the echo goes, by stty: the kernel
 * still turns Ctrl-C and Ctrl-Z into signals, and what was typed ahead waits for whoever reads next. In raw mode both
 * would be ours to imitate.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { atExit, whenContinued } from './signals.ts';

const budgetMs = 2000;

/** Turns the echo of the terminal at standard error off; what is returned turns it on again, once. */
export function hideTyping(): () => void {
  // Somebody else's choice: another program of our job, or the user.
  if (!inForeground() || !echoIsOn()) return () => {};
  stty('-echo');
  let hidden = true;
  const show = (): void => {
    if (!hidden) return;
    hidden = false;
    forget();
    forgetContinued();
    if (inForeground()) stty('echo');
  };
  const forget = atExit(show);
  // The shell has given itself an echo while we were stopped.
  const forgetContinued = whenContinued(() => {
    if (inForeground()) stty('-echo');
  });
  return show;
}

const echoIsOn = (): boolean => /(^|\s)echo(\s|;|$)/m.test(stty('-a'));

function stty(argument: string): string {
  return spawnSync('stty', [argument], {
    stdio: [process.stderr.fd, 'pipe', 'ignore'],
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    timeout: budgetMs,
    killSignal: 'SIGKILL',
  }).stdout;
}

/** A job in the background that touches the terminal is stopped. */
function inForeground(): boolean {
  try {
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return group === foreground;
  } catch {
    const ps = spawnSync('ps', ['-o', 'stat=', '-p', String(process.pid)], { encoding: 'utf8', timeout: budgetMs });
    return (ps.stdout ?? '').includes('+');
  }
}
