import type { CheckerTarget } from '../../core/checker-install/checker-lock.ts';
import { targetName } from '../../core/checker-install/checker-lock.ts';
import { executableKind } from '../../core/checker-install/executable-kind.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { HostServices } from '../../core/host-collector/host-services.ts';
import type { HostOs } from '../../core/host-collector/layout.ts';
import type { GuestArch } from '../../core/host-facts.ts';
import type { Call } from '../../core/operation.ts';
import type { Dependencies } from '../dependencies.ts';

export interface BinaryRequest {
  readonly os: HostOs;
  readonly arch: GuestArch;
  readonly given: string | undefined;
  /** Made when there is none, or when it is not up to date. */
  readonly build: boolean;
  /** Need not be there. */
  readonly dryRun: boolean;
}

/** @throws collector.no-binary, checker.binary-unfit */
export async function findBinary(
  deps: Pick<Dependencies, 'checkerTools' | 'directories'>,
  host: HostServices,
  call: Call,
  { os, arch, given, build, dryRun }: BinaryRequest,
): Promise<string> {
  const target: CheckerTarget = { os, arch: arch === 'aarch64' ? 'arm64' : 'x64' };
  if (given === undefined && build && !dryRun) {
    const { builder } = await deps.checkerTools();
    return (await builder.build({ target, from: { kind: 'staged' } }, call)).checker.path;
  }
  const path = given ?? `${deps.directories.workspace}/bin/serviceradar-sysmon-vm-${targetName(target)}`;
  const head = await host.head(path, 20);
  if (head === undefined && !(dryRun && given === undefined)) return missing(path, target);
  const kind = executableKind(head ?? new Uint8Array());
  if (kind !== undefined && targetName(kind) !== targetName(target))
    fail('checker.binary-unfit', `${path} is for ${targetName(kind)}, not for ${targetName(target)}`, {
      details: { path },
    });
  return path;
}

function missing(path: string, { os, arch }: CheckerTarget): never {
  return fail('collector.no-binary', `there is no ${path}`, {
    details: { path },
    next: [`sysmonvm build-checker --os ${os} --arch ${arch}`],
  });
}
