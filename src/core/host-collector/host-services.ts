import type { GuestArch } from '../host-facts.ts';
import type { HostOs } from './layout.ts';
import type { HostStep } from './steps.ts';

export interface HostSituation {
  readonly os: HostOs;
  readonly arch: GuestArch;
  readonly isRoot: boolean;
  /** undefined: the host's own service manager runs; else what is there instead. */
  readonly withoutServiceManager?: string;
}

/** The host as the collector's installation needs it. */
export interface HostServices {
  situation(): Promise<HostSituation>;
  /** undefined: it is not there, or not for this user. */
  read(path: string): Promise<string | undefined>;
  /** The first bytes of a file, which may be relative to the current directory; undefined: there is none. */
  head(path: string, bytes: number): Promise<Uint8Array | undefined>;
  exists(path: string): Promise<boolean>;
  /** Text of a file of templates/. */
  template(name: string): string;
  /** @throws host.permission, host.tool-failed, host.tool-missing */
  perform(step: HostStep, signal: AbortSignal): Promise<void>;
  /** Whether something answers there within the time that a service has to begin. */
  isListening(address: { readonly host: string; readonly port: number }, signal: AbortSignal): Promise<boolean>;
  /** The last lines that the service has said; none where they cannot be had. */
  lastWords(service: { readonly name: string; readonly logs: readonly string[] }): Promise<readonly string[]>;
}
