import type { CommandContext } from '../cli/command-context.ts';
import type { CommandSpec } from '../cli/command-spec.ts';
import type { Call } from '../core/engine.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { uniqueToken } from '../core/ids/unique-token.ts';
import { systemSshArguments } from '../core/ssh/system-ssh.ts';
import { themeNames } from '../core/view/theme-names.ts';

export const top: CommandSpec = {
  name: 'top',
  group: 'look',
  summary: 'Every VM live on one screen, with all that can be done to it',
  description:
    'Opened by `sysmonvm` alone on a terminal as well; `?` shows the keys. Shows what the other commands print and does what they do, so both can be used side by side. Without a terminal there is --plain, which prints changes as lines.',
  options: [
    { flags: '--plain', description: 'print changes as lines instead of drawing a screen' },
    { flags: '--theme <name>', description: 'colours for a dark or a light ground, or none', choices: themeNames },
    { flags: '--ascii', description: 'draw with ASCII signs only' },
  ],
  examples: [
    { command: 'sysmonvm top', what: 'the screen; q leaves it, VMs run on' },
    { command: 'sysmonvm top --plain', what: 'the same news as lines, for a screen reader or a log' },
  ],
  document: 'console',
  run: async (context) => {
    const { flags, output, terminal } = context;
    if (output.json)
      fail('usage.invalid-argument', 'top is for people; there are records for programs.', {
        next: ['sysmonvm vm-list --json', 'sysmonvm watch --json'],
      });
    if (flags.on('plain')) {
      const [engine, { plainTop }] = await Promise.all([context.engine(), import('../tui/plain/plain-top.ts')]);
      await context.endProgress();
      await plainTop({ engine, call: context.call, write: (line) => output.text(`${line}\n`) });
      return 0;
    }
    if (!terminal.stdinIsTty || !terminal.stdoutIsTty)
      fail('usage.terminal-needed', 'The screen needs a terminal for keys and for drawing.', {
        next: ['sysmonvm vm-list', 'sysmonvm top --plain', 'sysmonvm watch --json'],
      });
    const [host, { openTui }] = await Promise.all([hostOf(context), import('../tui/open-tui.tsx')]);
    await openTui(host);
    return 0;
  },
};

/** What the screens may touch. */
async function hostOf(context: CommandContext) {
  const { flags, terminal, env } = context;
  const [engine, composition] = await Promise.all([context.engine(), context.composition()]);
  const theme = flags.text('theme');
  return {
    engine,
    config: (name: string, settings: Readonly<Record<string, string>>) => context.config(name, settings),
    imageOffers: () => composition.imageChoices(),
    terminal: {
      stdin: terminal.streams.stdin as NodeJS.ReadStream,
      stdout: terminal.streams.stdout as NodeJS.WriteStream,
    },
    env,
    look: { color: terminal.color, ascii: flags.on('ascii'), ...(theme === undefined ? {} : { theme }) },
    signal: context.call.signal,
    now: () => Date.now(),
    newRequestId: uniqueToken,
    attached: {
      ssh: async (vm: string, call: Call) => {
        const target = await engine.sshTarget(vm, { waitReady: true }, call);
        const args = systemSshArguments(target, { interactive: true });
        return (await composition.runAttached('ssh', args, call.signal)).exitCode;
      },
      exec: async (vm: string, command: string, call: Call) => {
        const target = await engine.sshTarget(vm, { waitReady: true }, call);
        const args = systemSshArguments(target, { interactive: true, command });
        const { exitCode } = await composition.runAttached('ssh', args, call.signal);
        await pressEnter(terminal.streams);
        return exitCode;
      },
      console: async (vm: string, call: Call) => {
        const path = await engine.consoleSocket(vm);
        const socket = await composition.openSocket(path, call.signal);
        terminal.streams.stdout.write(`Console of ${vm}. Leave with Ctrl-]; press Enter for a prompt.\r\n`);
        const how = await context.attach(socket);
        return how === 'detached' ? `left the console of ${vm}; it runs on` : `the console of ${vm} was closed`;
      },
    },
    job: composition.job,
  };
}

/** What a command printed stays to be read until then. */
async function pressEnter({ stdin, stdout }: CommandContext['terminal']['streams']): Promise<void> {
  stdout.write('\r\n[Enter goes back]');
  stdin.resume();
  await new Promise((resolve) => stdin.once('data', resolve));
  stdin.pause();
}
