import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';

export interface IsoTool {
  readonly name: 'hdiutil' | 'genisoimage' | 'mkisofs' | 'xorriso';
  readonly args: (contentDirectory: string, outputPath: string) => readonly string[];
}

/** The label by which cloud-init's NoCloud source finds its volume. */
const seedVolumeId = 'cidata';

const mkisofsArgs = (contentDirectory: string, outputPath: string): string[] => [
  ...['-quiet', '-output', outputPath, '-volid', seedVolumeId, '-joliet', '-rock', contentDirectory],
];

const mkisofsTools: readonly IsoTool[] = [
  { name: 'genisoimage', args: mkisofsArgs },
  { name: 'mkisofs', args: mkisofsArgs },
  { name: 'xorriso', args: (content, output) => ['-as', 'mkisofs', ...mkisofsArgs(content, output)] },
];

const hdiutil: IsoTool = {
  name: 'hdiutil',
  args: (content, output) => [
    ...['makehybrid', '-iso', '-joliet', '-default-volume-name', seedVolumeId, '-o', output, content],
  ],
};

const isoTools: Readonly<Record<'darwin' | 'linux', readonly IsoTool[]>> = {
  darwin: [hdiutil, ...mkisofsTools],
  linux: mkisofsTools,
};

/** The first of the tools of the platform that is installed. @throws host.tool-missing */
export async function findIsoTool(
  platform: 'darwin' | 'linux',
  runner: Pick<ProcessRunner, 'which'>,
): Promise<IsoTool> {
  for (const tool of isoTools[platform]) if ((await runner.which(tool.name)) !== undefined) return tool;
  const names = isoTools[platform].map(({ name }) => name);
  return fail(
    'host.tool-missing',
    `Nothing here can make the cloud-init seed: none of ${names.join(', ')} is installed; one is enough.`,
    {
      details: { tools: names },
      next: ['sysmonvm host-setup'],
    },
  );
}
