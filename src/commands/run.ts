import { resolve } from 'node:path';
import type { CommandContext } from '../cli/command-context.ts';
import type { CommandSpec } from '../cli/command-spec.ts';
import { readPair } from '../cli/copy-endpoint.ts';
import { guestCommandOptions, readGuestCommand, readVia, runWithStreams, viaText } from '../cli/guest-command.ts';
import { readTimeout } from '../cli/start-options.ts';
import { refuseFrozenSettings } from '../cli/template-settings.ts';
import type { VmConfig } from '../core/config/vm-config.ts';
import type { RunRequest } from '../core/engine.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { uniqueToken } from '../core/ids/unique-token.ts';

function readFork({ flags }: CommandContext, config: VmConfig): Pick<RunRequest, 'fork'> {
  const [template, pool] = [flags.text('template') ?? flags.text('pool'), flags.text('pool') !== undefined];
  if (pool && flags.text('template') !== undefined)
    fail('usage.invalid-argument', '--pool and --template exclude each other.');
  if (template === undefined) return flags.on('warm') ? { fork: {} } : {};
  if (flags.on('warm')) fail('usage.invalid-argument', '--warm excludes --template and --pool.');
  refuseFrozenSettings(config, `it was frozen with template ${template}`);
  return { fork: { template, pool } };
}

export const run: CommandSpec = {
  name: 'run',
  group: 'use',
  summary: 'Run one command in a VM made for it, and remove the VM',
  description: `The VM is torn down whatever happens, also on Ctrl-C; if this process is killed, the next command removes it. The exit code is the guest’s. ${viaText}`,
  settings: 'run',
  options: [
    { flags: '--rm', description: 'as without it: the VM is always removed' },
    { flags: '--warm', description: 'in a fork of the configuration’s template, which is made on first use' },
    { flags: '--template <name>', description: 'in a fork of this template', complete: 'template' },
    {
      flags: '--pool <template>',
      description: 'in a ready member of this template’s pool, or in a fork when none is',
      complete: 'template',
    },
    { flags: '--name <name>', description: 'name of the VM (default: one that is free)' },
    {
      flags: '--sync <local:remote>',
      description: 'copy a folder in before the command',
      repeat: true,
      complete: 'directory',
    },
    { flags: '--out <remote:local>', description: 'copy a folder out after the command', repeat: true },
    ...guestCommandOptions,
  ],
  guestCommand: 'required',
  guestExitCode: true,
  examples: [
    { command: 'sysmonvm run --rm --image debian-12 -- cat /etc/os-release', what: 'one command in a fresh Debian' },
    {
      command: 'sysmonvm run --sync .:/src --out /src/dist:dist --workdir /src -- make dist',
      what: 'build in a clean machine and take the result',
    },
  ],
  document: 'exec',
  run: async (context) => {
    const { flags } = context;
    const sync = flags.list('sync').map((text) => {
      const [local, remote] = readPair('--sync', text, 'last');
      return { local: resolve(local), remote };
    });
    const out = flags.list('out').map((text) => {
      const [remote, local] = readPair('--out', text, 'first');
      return { remote, local: resolve(local) };
    });
    const via = readVia(context);
    const command = readGuestCommand(context);
    const config = await context.config(flags.text('name') ?? `run-${uniqueToken().slice(-8)}`);
    const fork = readFork(context, config);
    const engine = await context.engine();
    return runWithStreams(context, (streams) =>
      engine.run({ config, ...fork, command, streams, sync, out, ...readTimeout(flags), ...via }, context.call),
    );
  },
};
