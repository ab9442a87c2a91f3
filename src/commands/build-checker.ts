import { resolve } from 'node:path';
import type { CommandSpec } from '../cli/command-spec.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';
import type { CheckerOrigin } from '../core/ports/checker-builder.ts';

export const buildChecker: CommandSpec = {
  name: 'build-checker',
  group: 'use',
  summary: 'Make the executable of the checker that runs in a guest',
  description:
    'A Node executable, fetched by your npm and compared with checker.lock.json, with the code of the checker in it; no toolchain is needed. What lies in the workspace and would come out the same is not made again.',
  options: [
    {
      flags: '--arch <arch>',
      description: 'of the guest (default: that of this host)',
      choices: ['x64', 'arm64'],
    },
    { flags: '--os <os>', description: 'linux (default) or darwin, for this host', choices: ['linux', 'darwin'] },
    { flags: '--binary <file>', description: 'take this finished executable', complete: 'file' },
    {
      flags: '--from-go <directory>',
      description: 'build the main package of this directory with your Go toolchain',
      complete: 'directory',
    },
  ],
  examples: [
    { command: 'sysmonvm build-checker', what: 'for a guest of this host' },
    { command: 'sysmonvm build-checker --arch arm64', what: 'for an aarch64 guest' },
    { command: 'sysmonvm build-checker --from-go ./cmd/checker', what: 'a checker of your own, in Go' },
  ],
  document: 'checker-build',
  run: async (context) => {
    const arch = context.flags.text('arch') ?? (process.arch === 'arm64' ? 'arm64' : 'x64');
    const target = {
      os: context.flags.text('os') === 'darwin' ? ('darwin' as const) : ('linux' as const),
      arch: arch === 'arm64' ? ('arm64' as const) : ('x64' as const),
    };
    const from = originOf(context.flags.text('binary'), context.flags.text('fromGo'));
    const engine = await context.engine();
    const { checker, built, signing } = await engine.checker.build({ target, from }, context.call);
    await context.endProgress();
    context.output.document({ built, checker, ...(signing === undefined ? {} : { signing }) }, () =>
      [
        `${checker.path}: ${built ? 'made' : 'up to date'}, ${mib(checker.bytes)} MiB (${mib(checker.compressed.bytes)} MiB compressed)\n`,
        `${checker.digest}\n`,
        signing === undefined ? '' : `It is not signed. On the Mac: ${signing}\n`,
      ].join(''),
    );
    return 0;
  },
};

function originOf(binary: string | undefined, go: string | undefined): CheckerOrigin {
  if (binary !== undefined && go !== undefined)
    return fail('usage.invalid-argument', '--binary and --from-go exclude each other');
  if (binary !== undefined) return { kind: 'file', path: resolve(binary) };
  return go === undefined ? { kind: 'node' } : { kind: 'go', directory: resolve(go) };
}

const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
