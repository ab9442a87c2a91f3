import type { CommandContext } from '../cli/command-context.ts';
import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { readStartOptions, waitOptions } from '../cli/start-options.ts';
import type { Engine } from '../core/engine.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';
import { printable } from '../core/view/printable.ts';

/** Shows the console until the VM ends; a signal to us stops the VM first. */
async function stayAttached(context: CommandContext, engine: Engine, name: string): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([context.call.signal, ended.signal]);
  const show = async (): Promise<void> => {
    const lines = engine.logs(name, { source: 'console', follow: true, lines: 0 }, { ...context.call, signal });
    for await (const line of lines) context.output.note(`console| ${printable(line)}`);
  };
  const showing = show().catch(() => undefined);
  try {
    await engine.wait(name, { until: 'stopped' }, context.call);
  } catch (error) {
    if (!context.call.signal.aborted) throw error;
    context.output.note(`Stopping ${name} …`);
    await engine.stop(name, { force: false }, { ...context.call, signal: new AbortController().signal });
  } finally {
    ended.abort();
    await showing;
  }
}

export const vmStart: CommandSpec = {
  name: 'vm-start',
  group: 'life',
  summary: 'Start a VM and wait until its guest is ready',
  description:
    'A VM that was suspended is resumed. Ready means: SSH answered, our key logged in, cloud-init finished without error. QEMU runs on its own, with or without --daemon; --foreground stays attached and stops the VM on Ctrl-C.',
  arguments: [vmArgument],
  settings: 'start',
  options: [
    { flags: '-d, --daemon', description: 'as without it: QEMU runs on its own and the command returns' },
    {
      flags: '--warm',
      description: 'a VM that does not exist or has never run begins as a fork of the configuration’s template',
    },
    { flags: '--foreground', description: 'stay until the VM ends; Ctrl-C stops it' },
    { flags: '--cold', description: 'boot from the disk; memory that was saved by vm-suspend is given up' },
    ...waitOptions,
  ],
  examples: [
    { command: 'sysmonvm vm-start --daemon', what: 'start the VM of the configuration and wait for ready' },
    { command: 'sysmonvm vm-start build --no-wait', what: 'return as soon as QEMU runs' },
    { command: 'sysmonvm vm-start --foreground --require-accel', what: 'under launchd or systemd, never emulated' },
  ],
  document: 'answer',
  run: async (context) => {
    const { flags, output } = context;
    const foreground = flags.on('foreground');
    if (foreground && flags.on('daemon')) {
      fail('usage.invalid-argument', '--foreground and --daemon exclude each other.', {
        next: ['sysmonvm vm-start --help'],
      });
    }
    const [engine, name] = await Promise.all([context.engine(), context.vmName()]);
    const options = readStartOptions(flags);
    const answer = flags.on('warm')
      ? await engine.templates.startWarm(await context.config(), options, context.call)
      : await engine.start(name, options, context.call);
    await context.endProgress();
    output.document(answerDocument(answer), () => answerText(answer));
    if (foreground) await stayAttached(context, engine, name);
    return 0;
  },
};
