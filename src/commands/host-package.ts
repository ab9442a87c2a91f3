import { resolve } from 'node:path';
import type { CommandSpec } from '../cli/command-spec.ts';
import { packageText, shownSteps } from '../core/host-collector/report-text.ts';

const archs = ['x86_64', 'aarch64'] as const;
const systems = ['linux', 'darwin'] as const;

export const hostPackage: CommandSpec = {
  name: 'host-package',
  group: 'host',
  summary: 'Pack the host collector for other hosts: .deb, .rpm, .pkg, tar.gz',
  description:
    'The same content gives the same bytes (SOURCE_DATE_EPOCH). A .pkg is made, signed and notarised on a Mac only; the variables SKIP_BUILD, SKIP_PKG, PKG_IDENTIFIER, PKG_VERSION, PKG_APP_SIGN_IDENTITY, PKG_SIGN_IDENTITY, PKG_NOTARIZE_PROFILE, PKG_DISABLE_TIMESTAMP and PKG_TIMESTAMP_URL are those of docs/host-collector.md.',
  options: [
    {
      flags: '--format <format>',
      description: 'what to make; several times (default: tar.gz and deb on Linux, tar.gz and pkg on macOS)',
      repeat: true,
      choices: ['tar.gz', 'deb', 'rpm', 'pkg'],
    },
    { flags: '--os <system>', description: 'of the hosts (default: as here)', choices: systems },
    { flags: '--arch <arch>', description: 'of the hosts (default: as here, on macOS aarch64)', choices: archs },
    { flags: '--binary <file>', description: 'executable to pack (default: the staged one)', complete: 'file' },
    { flags: '--output <dir>', description: 'where they go (default: WORKSPACE/packages)', complete: 'directory' },
    { flags: '--dry-run', description: 'print the sequence and make nothing' },
  ],
  examples: [
    { command: 'sysmonvm host-package --format deb', what: 'a package for Debian and Ubuntu hosts' },
    { command: 'SKIP_PKG=1 sysmonvm host-package --os darwin', what: 'a tar.gz for Macs, made on any host' },
  ],
  document: 'host-package',
  run: async (context) => {
    const { flags, output, env } = context;
    const [binary, directory] = [flags.text('binary'), flags.text('output')];
    const os = systems.find((name) => name === flags.text('os'));
    const arch = archs.find((name) => name === flags.text('arch'));
    const engine = await context.engine();
    const report = await engine.hostCollector.package(
      {
        dryRun: flags.on('dryRun'),
        formats: flags.list('format'),
        env,
        ...(os === undefined ? {} : { os }),
        ...(arch === undefined ? {} : { arch }),
        ...(binary === undefined ? {} : { binary: resolve(binary) }),
        ...(directory === undefined ? {} : { output: resolve(directory) }),
      },
      context.call,
    );
    await context.endProgress();
    output.document(shownSteps(report), () => packageText(report));
    return 0;
  },
};
