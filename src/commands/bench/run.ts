import { resolve } from 'node:path';
import type { CommandContext } from '../../cli/command-context.ts';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { refuseFrozenSettings } from '../../cli/template-settings.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { uniqueToken } from '../../core/ids/unique-token.ts';
import type { RunWorkloadsRequest, WorkloadQuery, WorkloadTarget } from '../../core/measure/workload-operations.ts';
import { workloadListText, workloadReportText, workloadsDocument } from '../../core/view/workload-text.ts';

const tiers = [1, 2, 3] as const;

function readQuery({ flags }: CommandContext): WorkloadQuery {
  const [path, profile] = [flags.text('workloads'), flags.text('profile')];
  const tier = tiers.find((known) => String(known) === flags.text('tier'));
  const subset = flags.list('subset').flatMap((text) => text.split(',').filter((word) => word !== ''));
  return {
    subset,
    ...(path === undefined ? {} : { path: resolve(path) }),
    ...(profile === undefined ? {} : { profile }),
    ...(tier === undefined ? {} : { tier }),
  };
}

async function readTarget(context: CommandContext): Promise<WorkloadTarget> {
  const { flags } = context;
  const name = flags.text('vm');
  if (name !== undefined && flags.on('host')) fail('usage.invalid-argument', '--host and --vm exclude each other.');
  const config = await context.config(`bench-${uniqueToken().slice(-8)}`);
  if (flags.on('host')) refuseFrozenSettings(config, 'with --host there is no VM', ['name']);
  if (name !== undefined) refuseFrozenSettings(config, `${name} has settings of its own`, ['name']);
  if (flags.on('host')) return { kind: 'host' };
  return name === undefined ? { kind: 'made', config } : { kind: 'vm', name };
}

/** The pipeline's own word for what it runs on. */
function readCommit({ flags, env }: CommandContext): Pick<RunWorkloadsRequest, 'commit'> {
  const commit = flags.text('commit') ?? env['GITHUB_SHA'];
  return commit === undefined || commit === '' ? {} : { commit };
}

export const benchRun: CommandSpec = {
  name: 'bench run',
  group: 'measure',
  summary: 'Run workloads in a guest or on the host, and judge them by their criteria',
  description:
    'A workload is any executable that prints its metrics as JSON or METRIC lines; files of workloads are YAML or JSON, also in the form `harvey_reference_workloads`. Each combination of its parameters is set up, warmed up, repeated and torn down; every repetition is kept, and one that fails or takes too long is never a value. Without --vm and --host a VM is made for the run and removed after it. With --profile the acceptance criteria of that profile are judged by the median; a tier above 1 only tells.',
  settings: 'run',
  options: [
    {
      flags: '--workloads <path>',
      description: 'file of workloads, or a folder of them (default: those that come with sysmonvm)',
      complete: 'file',
    },
    { flags: '--profile <name>', description: 'judge the acceptance criteria of this profile, and record it' },
    { flags: '--tier <n>', description: 'only workloads of this tier', choices: ['1', '2', '3'] },
    { flags: '--subset <words>', description: 'only workloads with one of these tags or ids: quick,udp', repeat: true },
    { flags: '--iterations <n>', description: 'repetitions, in place of what each workload says' },
    { flags: '--label <text>', description: 'begins the name of the run' },
    { flags: '--commit <hash>', description: 'of what is measured (default: GITHUB_SHA)' },
    {
      flags: '--output-dir <dir>',
      description: 'where runs are kept, each in a folder of its own (default: perf_results)',
      complete: 'directory',
    },
    { flags: '--vm <name>', description: 'in this VM, which stays', complete: 'vm' },
    { flags: '--host', description: 'all on this host, without a VM' },
    { flags: '--list', description: 'show the workloads and run nothing' },
  ],
  examples: [
    { command: 'sysmonvm bench run --list', what: 'what there is' },
    { command: 'sysmonvm bench run --image debian-12 --subset quick', what: 'the quick ones, in a VM made for them' },
    {
      command: 'sysmonvm bench run --vm build --workloads test/performance --profile iot_gateway --tier 1',
      what: 'those of a project, judged',
    },
  ],
  exitCodes: { 1: 'a workload failed or a criterion is not met (with --tier 2 or 3 this is told only)' },
  document: 'bench-run',
  run: async (context) => {
    const { flags, output } = context;
    const query = readQuery(context);
    const engine = await context.engine();
    if (flags.on('list')) {
      const workloads = await engine.workloads.list(query, context.call);
      await context.endProgress();
      output.document({ workloads: workloadsDocument(workloads) }, () => workloadListText(workloads));
      return 0;
    }
    const iterations = flags.integer('iterations', { min: 1, max: 1000 });
    const label = flags.text('label');
    const request: RunWorkloadsRequest = {
      ...query,
      ...readCommit(context),
      target: await readTarget(context),
      outputDir: resolve(flags.text('outputDir') ?? 'perf_results'),
      ...(iterations === undefined ? {} : { iterations }),
      ...(label === undefined ? {} : { label }),
    };
    const report = await engine.workloads.run(request, context.call);
    await context.endProgress();
    const { result, path, criteria, missing, passed, blocking } = report;
    const verdict = passed ? 'passed' : 'failed';
    output.document({ verdict, blocking, path, result, criteria, missing }, () => workloadReportText(report));
    return passed || !blocking ? 0 : 1;
  },
};
