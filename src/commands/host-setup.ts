import type { CommandSpec } from '../cli/command-spec.ts';
import { hostSetupText, isLacking } from '../core/view/host-setup-text.ts';

export const hostSetup: CommandSpec = {
  name: 'host-setup',
  group: 'host',
  summary: 'Check the host, install what is missing, prepare the workspace',
  description:
    'Uses the package manager of the host (Homebrew, apt, dnf, zypper, pacman); Homebrew itself is never installed. Files that exist are not touched, so it can be run again at any time.',
  options: [
    { flags: '--check', description: 'only report; exit code 1 when something needed is missing' },
    { flags: '--dry-run', description: 'print the commands that would be run' },
  ],
  examples: [
    { command: 'sysmonvm host-setup', what: 'install what is missing, after asking' },
    { command: 'sysmonvm host-setup --yes', what: 'the same in a CI job' },
    { command: 'sysmonvm host-setup --check --json', what: 'report only, for a script' },
  ],
  exitCodes: { 1: '--check found something missing' },
  document: 'host-setup',
  run: async (context) => {
    const { flags, output, terminal } = context;
    const engine = await context.engine();
    const onlyLook = flags.on('check') || flags.on('dryRun');
    const interactive = terminal.stdinIsTty && !output.json;
    const look = await engine.hostSetup({ check: true, dryRun: flags.on('dryRun'), interactive }, context.call);
    const wanted = look.install !== undefined && !onlyLook;
    if (wanted) output.note(hostSetupText(look));
    const agreed = wanted && (await context.confirm(`Install ${look.install?.packages.join(', ') ?? ''}?`));
    const act = !onlyLook && (agreed || look.install === undefined);
    const report = act ? await engine.hostSetup({ check: false, dryRun: false, interactive }, context.call) : look;
    await context.endProgress();
    output.document(report, () => (wanted && !agreed ? 'Nothing was changed.\n' : hostSetupText(report)));
    const lacking = report.tools.some(isLacking);
    return lacking && (flags.on('check') || (wanted && !agreed)) ? 1 : 0;
  },
};
