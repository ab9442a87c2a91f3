import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform, release, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../../core/engine.ts';
import { guestArchs } from '../../core/host-facts.ts';
import type { HostFactsSource } from '../../core/ports/host-facts-source.ts';
import type { HostInspection } from '../../core/ports/host-inspection.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { fileError } from '../store/file-errors.ts';

export interface InspectionDependencies {
  readonly runner: Pick<ProcessRunner, 'run'>;
  readonly facts: HostFactsSource;
  readonly findings: (directory: string, signal?: AbortSignal) => Promise<readonly Finding[]>;
}

export function createHostInspection({ runner, facts, findings }: InspectionDependencies): HostInspection {
  return {
    findings,
    async versions() {
      const perArch = await Promise.all(
        guestArchs.map(async (guestArch) => {
          const { qemu, firmware } = await facts.collect(guestArch);
          return [
            guestArch,
            {
              qemu: qemu ? { path: qemu.path, version: qemu.version, digest: qemu.digest } : null,
              firmware: firmware ? { path: firmware.codePath, digest: firmware.codeDigest } : null,
            },
          ] as const;
        }),
      );
      return {
        ...(await buildInfo()),
        node: process.versions.node,
        os: { platform: platform(), release: release(), arch: arch() },
        guests: Object.fromEntries(perArch),
      };
    },
    async writeBundle(path, files) {
      const target = resolve(path);
      const directory = await mkdtemp(join(tmpdir(), 'sysmonvm-bundle-'));
      try {
        for (const { name, content } of files) {
          const file = join(directory, 'sysmonvm-support', name);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, content, { mode: 0o600 });
        }
        const archive = join(directory, 'bundle.tar.gz');
        await runner.run('tar', ['-czf', archive, '-C', directory, 'sysmonvm-support']);
        const beside = `${target}.${process.pid}.part`;
        await writeFile(beside, await readFile(archive), { mode: 0o600 });
        await rename(beside, target);
      } catch (error) {
        throw fileError(error, target, 'writing the support bundle');
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

/** Written by the build beside the program; from a source tree the package tells the version alone. */
async function buildInfo(): Promise<Readonly<Record<string, unknown>>> {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const candidate of ['build-info.json', '../../../package.json']) {
    const text = await readFile(join(here, candidate), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { version, commit } = JSON.parse(text) as { version?: string; commit?: string };
    return { sysmonvm: version ?? null, commit: commit ?? null };
  }
  return { sysmonvm: null, commit: null };
}
