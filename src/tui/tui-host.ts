import type { VmConfig } from '../core/config/vm-config.ts';
import type { Call, Engine } from '../core/engine.ts';
import type { GuestArch } from '../core/host-facts.ts';

interface ImageOffer {
  readonly id: string;
  readonly arch: GuestArch;
}

/** Values of settings by the names of their options in camel case, exactly as typed. */
type SettingValues = Readonly<Record<string, string>>;

/** Everything the screens know of the rest of the program. The command `top` makes it. */
export interface TuiHost {
  readonly engine: Engine;
  /** A configuration as `up NAME --flags` would have it. @throws what a wrong value throws there */
  readonly config: (name: string, settings: SettingValues) => Promise<VmConfig>;
  readonly imageOffers: () => Promise<readonly ImageOffer[]>;
  readonly terminal: {
    readonly stdin: NodeJS.ReadStream;
    readonly stdout: NodeJS.WriteStream;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly look: { readonly color: boolean; readonly theme?: string; readonly ascii: boolean };
  /** Ends the whole: SIGTERM, SIGHUP, a SIGINT from outside. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly newRequestId: () => string;
  /** Told how long each frame took to make, in milliseconds. */
  readonly onFrame?: (ms: number) => void;
  /** These have the terminal to themselves while they run. */
  readonly attached: {
    /** The shell of the guest, by the ssh of the host; its exit code. */
    readonly ssh: (vm: string, call: Call) => Promise<number>;
    /** One command of the guest's shell with a pty; its exit code. */
    readonly exec: (vm: string, command: string, call: Call) => Promise<number>;
    /** The serial console; leaving it is told in words. */
    readonly console: (vm: string, call: Call) => Promise<string>;
  };
  readonly job: {
    /** Sends the whole job to the background, as Ctrl-Z does; returns when it is continued. */
    stopJob(): void;
    /** These return how to stop listening: another than we wants it stopped, or has continued it. */
    whenStopAsked(listener: () => void): () => void;
    whenContinued(listener: () => void): () => void;
    /** Something to put right however the process ends; must not wait. */
    atExit(step: () => void): () => void;
    /** Keeps standard error off the screen; returns how to let out what was said. */
    holdNoise(): () => void;
  };
}
