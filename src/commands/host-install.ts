import { resolve } from 'node:path';
import type { CommandSpec } from '../cli/command-spec.ts';
import { installText, shownSteps } from '../core/host-collector/report-text.ts';

export const hostInstall: CommandSpec = {
  name: 'host-install',
  group: 'host',
  summary: 'Install the collector that measures this host beside its VMs',
  description:
    'A launchd daemon on macOS, a systemd service on Linux. It needs root and says so; it never asks for a password. Run again after VMs were made: its configuration names them, so that host and guest can be joined. What was written there by hand stays.',
  options: [
    { flags: '--binary <file>', description: 'executable to install (default: the staged one)', complete: 'file' },
    { flags: '--listen <address>', description: 'where it answers (default: 127.0.0.1:50111)', complete: 'none' },
    { flags: '--dry-run', description: 'print the sequence and change nothing' },
  ],
  examples: [
    { command: 'sysmonvm host-install --dry-run', what: 'see what root would do' },
    { command: 'sudo sysmonvm host-install --workspace DIR', what: 'install it for the VMs of that workspace' },
  ],
  document: 'host-install',
  run: async (context) => {
    const { flags, output } = context;
    const [binary, listen] = [flags.text('binary'), flags.text('listen')];
    const engine = await context.engine();
    const report = await engine.hostCollector.install(
      {
        dryRun: flags.on('dryRun'),
        ...(binary === undefined ? {} : { binary: resolve(binary) }),
        ...(listen === undefined ? {} : { listen }),
      },
      context.call,
    );
    await context.endProgress();
    output.document(shownSteps(report), () => installText(report));
    return 0;
  },
};
