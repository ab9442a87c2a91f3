import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import type { InstallPlan, ToolInstaller } from '../../core/ports/tool-installer.ts';
import { quoteWords } from '../../core/ssh/shell-quoting.ts';

type InstallOptions = Parameters<ToolInstaller['install']>[1];

/** zypper ends with these when it did what was asked and has something to add (updates, restart, reboot). */
const successes: Readonly<Partial<Record<InstallPlan['manager'], readonly number[]>>> = {
  zypper: [0, 100, 101, 102, 103],
};
/** What sudo says when it runs nothing; its exit code 1 may be the program's as well. */
const refusal = /^sudo: |is not in the sudoers file|is not allowed to (execute|run)/m;
const keptLines = 20;

export async function runInstall(
  runner: Pick<ProcessRunner, 'run' | 'which'>,
  plan: InstallPlan,
  options: InstallOptions,
): Promise<void> {
  for (const command of plan.commands) await runCommand(runner, plan, command, options);
}

async function runCommand(
  runner: Pick<ProcessRunner, 'run' | 'which'>,
  plan: InstallPlan,
  command: readonly string[],
  { interactive, onLine, signal }: InstallOptions,
): Promise<void> {
  const [program = '', ...rest] = command;
  const throughSudo = program === 'sudo';
  const shown = quoteWords(command);
  if (throughSudo && (await runner.which('sudo')) === undefined) {
    fail('host.permission', `installing packages needs root, and sudo is not installed; nothing was installed`, {
      details: { command },
      next: [`su -c ${quoteWords([quoteWords(rest)])}`],
    });
  }
  // Without a terminal a question for the password would wait for ever.
  const args = throughSudo && !interactive ? ['-n', ...rest] : rest;
  const { exitCode, stdout, stderr } = await runner.run(program, args, {
    acceptExitCodes: 'any',
    onLine: (line) => onLine(line),
    ...(signal === undefined ? {} : { signal }),
  });
  if ((successes[plan.manager] ?? [0]).includes(exitCode)) return;
  const details = { command, exitCode, stderr: tail(stderr), stdout: tail(stdout) };
  if (throughSudo && refusal.test(stderr)) {
    fail('host.permission', `sudo did not allow the installation: ${tail(stderr)}`, { details, next: [shown] });
  }
  fail('host.install-failed', `\`${shown}\` ended with exit code ${exitCode}:\n${tail(stderr) || tail(stdout)}`, {
    details,
    next: [shown],
  });
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-keptLines).join('\n');
}
