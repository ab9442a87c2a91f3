import { fail } from '../../core/errors/sysmonvm-error.ts';
import { parseQemuVersion } from '../../core/facts/versions.ts';
import type { GuestArch, QemuFacts } from '../../core/host-facts.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { cacheName, fileKey, sha256OfFile } from './file-digest.ts';
import type { JsonCache } from './json-cache.ts';

export interface QemuSearch {
  readonly runner: Pick<ProcessRunner, 'run' | 'which'>;
  readonly cache: JsonCache;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: 'linux' | 'darwin';
  readonly hostArch: GuestArch;
}

const overrides: Readonly<Record<GuestArch, string>> = {
  x86_64: 'SYSMONVM_QEMU_X86_64',
  aarch64: 'SYSMONVM_QEMU_AARCH64',
};

/** The environment's, PATH's, Homebrew's, or that of Enterprise Linux, which has one for its own architecture. */
export async function findQemuPath(search: QemuSearch, arch: GuestArch): Promise<string | undefined> {
  const variable = overrides[arch];
  const asked = search.env[variable];
  if (asked !== undefined && asked !== '') {
    const path = await search.runner.which(asked);
    return (
      path ??
      fail('host.tool-missing', `${variable} names ${asked}, which is not an executable file`, {
        details: { variable, value: asked },
        next: [`unset ${variable}`, `export ${variable}=/path/to/qemu-system-${arch}`],
      })
    );
  }
  const elsewhere = [
    ...(search.platform === 'darwin' ? ['/opt/homebrew/opt/qemu/bin', '/usr/local/opt/qemu/bin'] : []).map(
      (folder) => `${folder}/qemu-system-${arch}`,
    ),
    ...(search.platform === 'linux' && arch === search.hostArch ? ['/usr/libexec/qemu-kvm'] : []),
  ];
  for (const candidate of [`qemu-system-${arch}`, ...elsewhere]) {
    const path = await search.runner.which(candidate);
    if (path !== undefined) return path;
  }
  return undefined;
}

export async function findQemu(
  search: QemuSearch,
  arch: GuestArch,
  signal?: AbortSignal,
): Promise<QemuFacts | undefined> {
  const path = await findQemuPath(search, arch);
  if (path === undefined) return undefined;
  const name = cacheName('qemu', path);
  const key = await fileKey(path);
  const known = await search.cache.read<{ readonly version: string; readonly digest: string }>(name, key);
  if (known !== undefined) return { path, ...known };
  const [said, digest] = await Promise.all([
    search.runner.run(path, ['--version'], { timeoutMs: 20_000, ...(signal === undefined ? {} : { signal }) }),
    sha256OfFile(path, signal),
  ]);
  const version = parseQemuVersion(said.stdout);
  if (version === undefined) {
    return fail('host.tool-failed', `${path} --version names no version: ${said.stdout.split('\n')[0] ?? ''}`, {
      details: { path, stdout: said.stdout.slice(0, 500) },
      next: [`${path} --version`, 'sysmonvm host-setup'],
    });
  }
  await search.cache.write(name, key, { version, digest });
  return { path, version, digest };
}
