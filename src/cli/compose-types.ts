import type { Duplex } from 'node:stream';
import type { ParsedConfigFile } from '../core/config/parsed-config-file.ts';
import type { Engine } from '../core/engine.ts';
import type { GuestArch } from '../core/host-facts.ts';

interface ComposeRequest {
  /** Value of --workspace. */
  readonly workspace?: string;
  /** --offline was given; SYSMONVM_OFFLINE says the same. */
  readonly offline?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Values of the flags of the field table, by row key; exactly as typed, not yet parsed. */
export type FlagValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

interface ImageChoice {
  readonly id: string;
  readonly arch: GuestArch;
  readonly kind: string;
}

/**
 * What the command line needs of the rest of the program. Made once per command, and only when a command asks for it;
 * making it must stay cheap (no ssh2, undici, zod before an operation needs them).
 */
export interface Composition {
  readonly engine: Engine;
  readonly workspacePath: string;
  /** Of the workspace's config.yaml, whether it exists or not. */
  readonly configPath: string;
  /** undefined: there is none. @throws config.unreadable */
  readConfigFile(): Promise<ParsedConfigFile | undefined>;
  /** Ids that `--image` accepts: the lock file and the local recipes. */
  imageChoices(): Promise<readonly ImageChoice[]>;
  /** Runs a program on the user's own terminal (stdio inherited) and waits for it. @throws host.tool-missing */
  runAttached(
    tool: string,
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly exitCode: number; readonly signal?: string }>;
  /** This process as a job of a shell, for who draws on the whole terminal. */
  readonly job: JobControl;
  /** Connects to a unix socket of ours (the console of a running VM). */
  openSocket(path: string, signal: AbortSignal): Promise<Duplex>;
}

interface JobControl {
  /** Stops the whole job, as Ctrl-Z does; returns when it goes on. */
  stopJob(): void;
  /** These return how to stop listening. */
  whenStopAsked(listener: () => void): () => void;
  whenContinued(listener: () => void): () => void;
  /** Something to put right however the process ends; must not wait. */
  atExit(step: () => void): () => void;
  /** Keeps standard error off the screen; returns how to let out what was said. */
  holdNoise(): () => void;
}

export type Compose = (request: ComposeRequest) => Promise<Composition>;

/** Made by host/process/signals.ts. */
export interface SignalSource {
  /** Aborted by the first signal (a second SIGINT ends the process at once). */
  readonly signal: AbortSignal;
  received(): 'SIGINT' | 'SIGTERM' | 'SIGHUP' | undefined;
  /** What the process ends with because of the signal. */
  exitCode(): number | undefined;
}

/** Keeps what is typed from being shown, on a terminal at standard error; what comes back ends that. */
export type HideTyping = () => Promise<() => void>;
