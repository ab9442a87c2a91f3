import type { Call } from '../operation.ts';
import type { BuildCheckerRequest, BuiltChecker } from '../ports/checker-builder.ts';
import type { CheckerSecurity } from './guest-places.ts';
import type { ShownSample } from './shown-sample.ts';

export interface InstallCheckerOptions {
  readonly security: CheckerSecurity;
  /** Binary and configuration only: no user, no unit, nothing is started. */
  readonly skipService: boolean;
  /** A finished executable instead of the one of the workspace. */
  readonly binary?: string;
  /** Path of a person's part of the configuration; without one the former part stays. */
  readonly config?: string;
  readonly timeoutMs?: number;
}

export interface CheckerReport {
  readonly vm: string;
  readonly action: 'installed' | 'up-to-date' | 'status' | 'removed';
  readonly installed: boolean;
  /** As systemctl says; absent without systemd or service. */
  readonly service?: string;
  /** As the health service says. */
  readonly health?: string;
  readonly security?: CheckerSecurity;
  /** Where the host reaches it. */
  readonly address?: string;
  /** Of this host: CA, server and client pair. */
  readonly certificates?: string;
  readonly checker?: Pick<BuiltChecker, 'digest' | 'bytes' | 'from'>;
  readonly sample?: ShownSample;
  readonly removed?: readonly string[];
  /** Why there is no answer, in words. */
  readonly problem?: string;
}

export interface CheckerOperations {
  build(
    request: BuildCheckerRequest,
    call: Call,
  ): Promise<{ readonly checker: BuiltChecker; readonly built: boolean; readonly signing?: string }>;
  install(name: string, options: InstallCheckerOptions, call: Call): Promise<CheckerReport>;
  status(name: string, call: Call): Promise<CheckerReport>;
  /**
   * The newest sample, without a login: for who asks every few seconds. undefined: no checker with certificates of ours
   * is installed, it does not answer within three seconds, or it has no sample yet.
   */
  sample(name: string, call: Call): Promise<ShownSample | undefined>;
  uninstall(name: string, call: Call): Promise<CheckerReport>;
}
