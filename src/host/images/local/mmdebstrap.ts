import { mkdir } from 'node:fs/promises';
import type { BuildContext } from './build-context.ts';
import { chooseBuildMode } from './build-mode.ts';
import { killTreeWorkingIn } from './process-tree.ts';
import { failCancelled, runTool } from './run-tool.ts';

/** Documentation in a VM that lives for minutes is unpacked for nobody; copyright files stay, as they must. */
const TRIMMED_PATHS = [
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/locale/*',
  'path-exclude=/usr/share/lintian/*',
  'path-exclude=/usr/share/bug/*',
];

/** Lines of mmdebstrap's own account, and how far each has brought the build. */
const STEPS: readonly (readonly [pattern: RegExp, step: string, fraction: number])[] = [
  [/running apt-get update/, 'updating package lists', 0.12],
  [/downloading packages with apt/, 'downloading essential packages', 0.16],
  [/extracting archives/, 'unpacking essential packages', 0.22],
  [/installing essential packages/, 'configuring essential packages', 0.28],
  [/downloading .*remaining packages|installing remaining packages/, 'installing packages', 0.4],
  [/running --customize-hook/, 'writing the root file system', 0.75],
];

/** `hook` gives the words of one command to run inside the namespace, in which `root` stands for the new system. */
export const runMmdebstrap = async (
  context: BuildContext,
  tmpDir: string,
  hook: (root: string) => string[],
): Promise<void> => {
  const { recipe, apt, signal, progress } = context;
  const mode = await chooseBuildMode();
  await mkdir(tmpDir, { mode: 0o711 });
  const args = [
    `--mode=${mode}`,
    '--variant=minbase',
    '--format=null',
    `--architectures=${apt.debianArch}`,
    `--include=${recipe.packages.join(',')}`,
    '--skip=cleanup/apt,cleanup/reproducible',
    '--dpkgopt=force-unsafe-io',
    '--aptopt=Acquire::Languages "none"',
    ...(recipe.trimmed ? TRIMMED_PATHS.map((option) => `--dpkgopt=${option}`) : []),
    `--customize-hook=exec ${hook('"$1"')
      .map((word) => (word === '"$1"' ? word : quoted(word)))
      .join(' ')}`,
    apt.release,
    '-',
    apt.sourcesPath,
  ];
  await untilCancelled(tmpDir, signal, (stop) =>
    runTool('mmdebstrap', args, {
      signal: stop,
      // INITRD=No: the trimmed image brings its own initrd, so the kernel's hook need not make one (10 s and more).
      env: { TMPDIR: tmpDir, ...(recipe.trimmed ? { INITRD: 'No' } : {}) },
      onLine: (line) => {
        const step = STEPS.find(([pattern]) => pattern.test(line));
        if (step !== undefined) progress(step[1], step[2], line.replace(/^I: | in shell: .*/g, ''));
      },
    }),
  );
};

/**
 * mmdebstrap passes no signal on and waits for the installation to finish, so a cancellation kills everything at
 * once; what lies on the disk then is the scratch directory's to remove.
 */
const untilCancelled = async (
  path: string,
  signal: AbortSignal,
  run: (stop: AbortSignal) => Promise<unknown>,
): Promise<void> => {
  if (signal.aborted) failCancelled(signal);
  const stop = new AbortController();
  const cancel = () => void killTreeWorkingIn(path).finally(() => stop.abort(signal.reason));
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await run(stop.signal);
  } catch (error) {
    if (signal.aborted) failCancelled(signal);
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};

/** For the shell that mmdebstrap runs a hook with. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
