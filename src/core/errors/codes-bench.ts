import type { CodeEntry } from './kinds.ts';

export const benchCodes = {
  'bench.direction-unknown': {
    kind: 'config',
    cause: 'A metric neither says whether more or less of it is better, nor has a unit that does.',
    remedy: 'Give the metric `better` in the workload file, or `--better NAME=higher` here.',
  },
  'bench.result-missing': {
    kind: 'refused',
    cause: 'There is no result at this path: no such file, or a directory without a file that holds one.',
    remedy:
      'Name a result file, a directory of them, or a baseline as tag:TAG. `sysmonvm bench baseline list` shows those.',
  },
  'bench.result-invalid': {
    kind: 'config',
    cause: 'A file of results or a baseline is not what it should be.',
    remedy: 'The message names file, line and field. Files are JSON or YAML.',
  },
  'bench.artifact-missing': {
    kind: 'refused',
    cause: 'A directory lacks files from which an artifact of boots is made. Nothing was written.',
    remedy:
      'The message names what is missing. Give the directory of one run to `bench merge`, the one above `runs` to `bench summarize`.',
  },
  'bench.artifacts-contradict': {
    kind: 'config',
    cause: 'The files of a directory do not describe the same boot, or not the same guest. Nothing was written.',
    remedy: 'Keep the files of each boot in a directory of their own, and each architecture apart.',
  },
  'bench.results-differ': {
    kind: 'config',
    cause: 'The results of one directory were measured on different machines, so they are not one result.',
    remedy: 'Keep each machine in a directory of its own.',
  },
  'bench.baseline-exists': {
    kind: 'refused',
    cause: 'This tag has a baseline for the architecture and guest already, and it is not replaced by accident.',
    remedy: 'Say so with `--replace`, or choose another tag. The acts before stay in the file.',
  },
  'bench.baseline-missing': {
    kind: 'refused',
    cause: 'No baseline has this tag, architecture and name.',
    remedy: '`sysmonvm bench baseline list` shows what there is; `sysmonvm bench baseline set` makes one.',
  },
  'bench.baseline-unfit': {
    kind: 'refused',
    cause: 'The result cannot be a baseline: it has no value, or does not say on what it was measured.',
    remedy:
      'Measure again with `bench boot` or `bench run`; of older files only `--summary FILE --out FILE` can be made.',
  },
} as const satisfies Record<string, CodeEntry>;
