import type { CertificateMaker } from './certificate-maker.ts';
import type { CheckerBuilder } from './checker-builder.ts';
import type { OpenCheckerClient } from './checker-client.ts';

/** What installing a checker needs of the host. */
export interface CheckerTools {
  readonly builder: CheckerBuilder;
  readonly certificates: CertificateMaker;
  readonly openClient: OpenCheckerClient;
  /** Text of the systemd unit. */
  serviceUnit(places: { readonly user: string; readonly binary: string; readonly config: string }): string;
}
