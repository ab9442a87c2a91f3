import type { GuestArch } from '../host-facts.ts';
import type { Call } from '../operation.ts';
import type { HostedVm } from './host-config.ts';
import type { HostOs } from './layout.ts';
import type { PackageFormat } from './package-options.ts';
import type { HostStep } from './steps.ts';

export interface InstallCollectorRequest {
  readonly dryRun: boolean;
  /** undefined: the one staged in the workspace. */
  readonly binary?: string;
  /** `HOST:PORT` of its gRPC; undefined: as it is, or 127.0.0.1:50111. */
  readonly listen?: string;
}

export interface PackageCollectorRequest {
  readonly dryRun: boolean;
  readonly os?: HostOs;
  readonly arch?: GuestArch;
  readonly formats: readonly string[];
  readonly binary?: string;
  readonly output?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface CollectorReport {
  readonly os: HostOs;
  readonly dryRun: boolean;
  /** What was done, or would be, in this order. */
  readonly steps: readonly HostStep[];
}

export interface InstallReport extends CollectorReport {
  readonly service: string;
  readonly config: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly vms: readonly HostedVm[];
}

export interface PackageReport extends CollectorReport {
  readonly arch: GuestArch;
  readonly files: readonly { readonly format: PackageFormat; readonly path: string }[];
}

export interface HostCollectorOperations {
  install(request: InstallCollectorRequest, call: Call): Promise<InstallReport>;
  uninstall(options: { readonly dryRun: boolean; readonly keepConfig: boolean }, call: Call): Promise<CollectorReport>;
  package(request: PackageCollectorRequest, call: Call): Promise<PackageReport>;
}
