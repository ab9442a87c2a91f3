import type { CodeEntry } from './kinds.ts';

export const workloadCodes = {
  'workload.file-invalid': {
    kind: 'config',
    cause: 'A file of workloads cannot be read, or something in it is not as the format wants it. Nothing was run.',
    remedy:
      'The message names file, line, workload and field. `sysmonvm bench run --list --workloads FILE` checks again.',
  },
  'workload.no-program': {
    kind: 'config',
    cause: 'A selected workload says no program, or a file that it needs is not there. Nothing was run.',
    remedy: 'Give it `run.command`, or put an executable with the name of the workload beside the file.',
  },
  'workload.nothing-selected': {
    kind: 'usage',
    cause: 'No workload is of the tier and of the subset that were asked for.',
    remedy: '`sysmonvm bench run --list` shows every workload with its tiers and tags.',
  },
  'workload.unknown-profile': {
    kind: 'usage',
    cause: 'No selected workload has acceptance criteria for this profile, so a run would judge nothing.',
    remedy: '`sysmonvm bench run --list` shows the profiles. A profile without criteria is declared by an empty list.',
  },
  'workload.program-failed': {
    kind: 'negative',
    cause: 'The program of a workload ended with an exit code other than 0, or by a signal. It counts as failed.',
    remedy: 'The message has its last words; the whole output lies in the folder `raw` of the run.',
  },
  'workload.program-deadline': {
    kind: 'deadline',
    cause: 'The program of a workload did not end within `run.timeout` and was ended. It is never a value.',
    remedy: 'Give the workload a longer `run.timeout`, or less to do.',
  },
  'workload.setup-failed': {
    kind: 'negative',
    cause: 'The set-up of a workload failed, so its program was not run.',
    remedy: 'The message has the last words of the set-up.',
  },
  'workload.requirement-missing': {
    kind: 'negative',
    cause: 'A program that a workload needs is not installed where the workload runs.',
    remedy: 'Install the package that the message names, in the guest or on the host.',
  },
  'workload.output-invalid': {
    kind: 'negative',
    cause: 'What the program of a workload printed on standard output is neither the JSON of metrics nor METRIC lines.',
    remedy:
      'Print `{"metrics":[{"name":…,"value":…,"unit":…}]}` one such metric a line, or `METRIC name=value`; other words go to standard error.',
  },
  'workload.metric-missing': {
    kind: 'negative',
    cause: 'The program of a workload did not report a metric that the workload declares.',
    remedy: 'Let the program report it under exactly this name, or take it out of `metrics`.',
  },
  'workload.unit-mismatch': {
    kind: 'negative',
    cause: 'The program of a workload reported a metric in another unit than the workload declares.',
    remedy: 'Use the same unit in both; nothing is converted.',
  },
} as const satisfies Record<string, CodeEntry>;
