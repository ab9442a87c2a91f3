import type { ParsedConfigFile } from '../config/parsed-config-file.ts';
import type { CertificateMaker } from './certificate-maker.ts';
import type { CheckerBuilder } from './checker-builder.ts';
import type { OpenCheckerClient } from './checker-client.ts';

/** What installing a checker needs of the host. */
export interface CheckerTools {
  readonly builder: CheckerBuilder;
  readonly certificates: CertificateMaker;
  readonly openClient: OpenCheckerClient;
  /** JSON or YAML; undefined when there is no such file. @throws config.unreadable naming line and column */
  readSettings(path: string): Promise<ParsedConfigFile | undefined>;
  /** Text of the systemd unit. */
  serviceUnit(places: { readonly user: string; readonly binary: string; readonly config: string }): string;
}
