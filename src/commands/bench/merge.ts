import { resolve } from 'node:path';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { mergedBootText } from '../../core/view/artifact-text.ts';

export const benchMerge: CommandSpec = {
  name: 'bench merge',
  group: 'measure',
  summary: 'Make one boot_time.json from the raw inputs of a boot',
  description:
    'Takes the newest measurements-*.json and boot-report-*.json of a directory with resource_timeseries.csv and boot.log, of `bench boot` or of another tool with the same files. Without measurements, or where they have none, the duration is null and the reason is told. Files of different boots are refused.',
  arguments: [{ name: 'directory', description: 'with the files of one boot', required: true, complete: 'directory' }],
  options: [
    { flags: '--arch <name>', description: 'architecture of the guest, where no file names it', complete: 'none' },
    {
      flags: '--out <file>',
      description: 'what is written (default: boot_time.json in the directory)',
      complete: 'file',
    },
  ],
  examples: [
    { command: 'sysmonvm bench merge metrics/debian-12/x86_64/runs/nightly-20261102T100000Z-1', what: 'a run again' },
    { command: 'sysmonvm bench merge measurements --arch arm --out boot_time.json', what: 'files of another tool' },
  ],
  document: 'bench-merge',
  run: async (context) => {
    const [arch, out] = [context.flags.text('arch'), context.flags.text('out')];
    const merged = await (await context.engine()).artifacts.merge({
      directory: resolve(context.argument('directory') ?? ''),
      ...(arch === undefined ? {} : { arch }),
      ...(out === undefined ? {} : { out: resolve(out) }),
    });
    await context.endProgress();
    context.output.document({ ...merged }, () => mergedBootText(merged));
    return 0;
  },
};
