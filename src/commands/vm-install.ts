import { resolve } from 'node:path';
import type { CommandContext } from '../cli/command-context.ts';
import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import type { CheckerSecurity } from '../core/checker-install/guest-places.ts';
import { installText } from '../core/checker-install/install-text.ts';
import type { CheckerReport } from '../core/checker-install/operations.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';

export const vmInstall: CommandSpec = {
  name: 'vm-install',
  group: 'use',
  summary: 'Install the checker in a guest, upgrade it, look at it or remove it',
  description:
    'The executable is made when the workspace has none, tried in the guest and run by systemd as a user of its own. It is proven by its health and one real sample; if it is not healthy, what was there before comes back.',
  arguments: [vmArgument],
  options: [
    { flags: '--skip-service', description: 'binary and configuration only; nothing is started' },
    {
      flags: '--security <mode>',
      description:
        'mtls (default): a forwarded port and certificates of the VM; none: the loopback of the guest, by SSH',
      choices: ['mtls', 'none'],
    },
    {
      flags: '--insecure',
      description: 'with --security none: on the address that the forwarded port reaches; only on network user',
    },
    { flags: '--binary <file>', description: 'install this executable', complete: 'file' },
    {
      flags: '--config <file>',
      description: 'settings of the checker: intervals, collectors, OTLP, Prometheus; kept for later installations',
      complete: 'file',
    },
    { flags: '--timeout <duration>', description: 'until it must be healthy (default: 90s)', complete: 'none' },
    { flags: '--status', description: 'only tell: exit code 1 when it does not serve' },
    { flags: '--uninstall', description: 'remove all of it from the guest' },
  ],
  examples: [
    { command: 'sysmonvm vm-install', what: 'into the VM of the configuration' },
    { command: 'sysmonvm vm-install build --config checker.json', what: 'with settings of your own' },
    { command: 'sysmonvm vm-install build --status', what: 'service, health and a sample' },
    { command: 'sysmonvm vm-install build --uninstall', what: 'nothing of it is left' },
  ],
  exitCodes: { 1: 'with --status: the checker does not serve' },
  document: 'vm-install',
  run: async (context) => {
    refuseTogether(context);
    const report = await reportOf(context);
    await context.endProgress();
    context.output.document({ ...report }, () => installText(report));
    return report.action === 'status' && report.health !== 'SERVING' ? 1 : 0;
  },
};

function refuseTogether({ flags }: CommandContext): void {
  const asked = [
    '--status',
    '--uninstall',
    '--skip-service',
    '--security',
    '--insecure',
    '--binary',
    '--config',
    '--timeout',
  ].filter((flag) => {
    const key = flag.slice(2).replace(/-(.)/, (_, letter: string) => letter.toUpperCase());
    return flags.on(key) || flags.text(key) !== undefined;
  });
  const alone = asked.find((flag) => flag === '--status' || flag === '--uninstall');
  const other = asked.find((flag) => flag !== alone);
  if (alone !== undefined && other !== undefined)
    fail('usage.invalid-argument', `${alone} goes with nothing else; ${other} was given too`);
}

function securityOf({ flags }: CommandContext): CheckerSecurity {
  const mode = flags.text('security') ?? 'mtls';
  if (!flags.on('insecure')) return mode === 'none' ? 'none' : 'mtls';
  if (mode !== 'none')
    fail('usage.invalid-argument', '--insecure goes with --security none: with TLS there is nothing to allow');
  return 'insecure';
}

async function reportOf(context: CommandContext): Promise<CheckerReport> {
  const { flags, call } = context;
  const [{ checker }, name] = await Promise.all([context.engine(), context.vmName()]);
  if (flags.on('status')) return checker.status(name, call);
  if (flags.on('uninstall')) return checker.uninstall(name, call);
  const [binary, config] = [flags.text('binary'), flags.text('config')];
  const [timeoutMs, security] = [flags.durationMs('timeout'), securityOf(context)];
  return checker.install(
    name,
    {
      security,
      skipService: flags.on('skipService'),
      ...(binary === undefined ? {} : { binary: resolve(binary) }),
      ...(config === undefined ? {} : { config: resolve(config) }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
    call,
  );
}
