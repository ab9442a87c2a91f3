import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { afterAll } from 'vitest';
import type { Dependencies } from '../../src/app/dependencies.ts';
import type { Call } from '../../src/core/operation.ts';
import type { ProcessRunner } from '../../src/core/ports/process-runner.ts';
import { createHostServices } from '../../src/host/services/create-host-services.ts';
import { strictPrograms } from './strict-programs.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const call: Call = { requestId: 'r', signal: new AbortController().signal, report: () => undefined };

const made: string[] = [];
afterAll(async () => {
  for (const path of made.splice(0)) await rm(path, { recursive: true, force: true });
});

/** The checker itself as a program: what is installed is asked whether its configuration is right. */
export async function checkerProgram(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sm-checker-'));
  made.push(directory);
  const code = join(directory, 'checker.cjs');
  await build({
    input: fileURLToPath(new URL('../../src/checker/main.ts', import.meta.url)),
    platform: 'node',
    output: { file: code, format: 'cjs', codeSplitting: false },
    logLevel: 'silent',
  });
  const program = join(directory, 'checker');
  await writeFile(program, `#!/bin/sh\nexec ${process.execPath} ${code} "$@"\n`);
  await chmod(program, 0o755);
  return program;
}

export interface Host {
  readonly root: string;
  readonly deps: Dependencies;
  readonly programs: Awaited<ReturnType<typeof strictPrograms>>;
  read(path: string): Promise<string>;
}

export interface HostOptions {
  readonly platform: 'linux' | 'darwin';
  readonly userId?: number;
  readonly systemd?: boolean;
  readonly vms?: readonly { readonly id: string; readonly name: string }[];
  readonly staged?: string;
}

/** A host in a folder, with strict stand-ins for what it runs. Its root is whoever runs the test. */
export async function collectorHost({
  platform,
  userId = 0,
  systemd = true,
  vms = [],
  staged,
}: HostOptions): Promise<Host> {
  const root = await temporaryDirectory('sm-host-');
  const programs = await strictPrograms();
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  await put('etc/passwd', `root:x:${uid}:${gid}::/:/bin/sh\nserviceradar-sysmon:x:${uid}:${gid}::/:/bin/false\n`);
  await put('etc/group', `serviceradar-sysmon:x:${gid}:\n`);
  await mkdir(join(root, platform === 'darwin' ? 'Library/LaunchDaemons' : 'etc/systemd/system'), { recursive: true });
  if (systemd) await mkdir(join(root, 'run/systemd/system'), { recursive: true });
  if (platform === 'darwin') await addLaunchctl(programs.folder, root);
  const workspace = join(root, 'workspace');
  if (staged !== undefined) {
    await mkdir(join(workspace, 'bin'), { recursive: true });
    const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
    await copyFile(staged, join(workspace, 'bin', `serviceradar-sysmon-vm-${platform}-${arch}`));
  }
  const services = createHostServices({
    runner: { run: inRoot(programs.runner, root) },
    root,
    platform,
    userId,
    patienceMs: 1000,
  });
  const list = async () => ({ vms: vms.map((identity) => ({ identity })), broken: [] });
  const deps = {
    directories: { workspace, cache: '', state: '', runtime: '' },
    hostServices: async () => services,
    knownStores: async () => [{ workspace, list }],
  } as unknown as Dependencies;
  return { root, deps, programs, read: (path) => readFile(join(root, path), 'utf8') };
}

async function addLaunchctl(folder: string, root: string): Promise<void> {
  const path = join(folder, 'launchctl');
  await copyFile(fileURLToPath(new URL('../fixtures/launchctl.sh', import.meta.url)), path);
  await chmod(path, 0o755);
  await writeFile(`${path}.state`, 'absent\n');
  await writeFile(`${path}.root`, `${root}\n`);
}

/** A program that was installed lies below the folder that stands for /, and so does what it is told to read. */
function inRoot(runner: Pick<ProcessRunner, 'run'>, root: string): ProcessRunner['run'] {
  return (tool, args, options) =>
    tool.startsWith('/')
      ? runner.run(
          join(root, tool),
          args.map((word) => (word.startsWith('/') ? join(root, word) : word)),
          options,
        )
      : runner.run(tool, args, options);
}

/** Stands for the service that was started: whether it answers is all that is looked at. */
export async function answering<T>(run: (address: string) => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await run(`127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
