import type { Deadline } from '../deadline.ts';

/** How to reach the SSH server of one guest. */
export interface SshTarget {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  /** `ssh-ed25519 AAAA…` of the guest; any other key is refused. */
  readonly hostPublicKey: string;
  /** Written by us; holds exactly the host key above. Used by the system's ssh. */
  readonly knownHostsPath: string;
}

export interface GuestCommand {
  /** One string for the guest's login shell, or an argument vector that is quoted for it. */
  readonly command: string | readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  /** Run as another user (through sudo -n -u). */
  readonly asUser?: string;
  readonly pty?: { readonly columns: number; readonly rows: number; readonly term: string };
}

/** What can be done to a command while it runs. */
export interface GuestCommandControl {
  /** Sends a signal (`INT`, `SIGTERM`) to the command and all it started. */
  signal(name: string): Promise<void>;
  /** New size of the terminal; nothing happens without one. */
  resize(columns: number, rows: number): void;
}

export interface GuestStreams {
  readonly stdin?: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Called once, when the command runs in the guest. */
  readonly onStarted?: (control: GuestCommandControl) => void;
}

/** A command ends with a code or by a signal, as in the guest. `exitCode` is 128+N for a signal. */
export interface GuestExit {
  readonly exitCode: number;
  readonly signal?: string;
}

export interface CopyProgress {
  readonly path: string;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface GuestShell {
  /**
   * One try to read the SSH banner: resolves with it (`SSH-2.0-…`), rejects with the reason. A TCP connection alone
   * means nothing: QEMU accepts before the guest listens. Each try has its own short time-out.
   */
  banner(port: number, timeoutMs: number, signal: AbortSignal): Promise<string>;
  /** Opens an authenticated connection. @throws ssh.host-key-mismatch, ssh.authentication-failed, ssh.connection-lost */
  connect(target: SshTarget, deadline: Deadline): Promise<GuestConnection>;
  /**
   * Begins a connection that the next `connect` to this target takes. One that comes to nothing (a guest that has not
   * got its host key yet) is forgotten: `connect` opens another.
   */
  connectEarly(target: SshTarget, signal: AbortSignal): void;
}

export interface GuestConnection {
  /** Runs a command with streams. An aborted deadline sends TERM, then KILL, to the command and rejects. */
  exec(command: GuestCommand, streams: GuestStreams, deadline: Deadline): Promise<GuestExit>;
  /** Runs a command and collects its output (bounded to 8 MiB each; more is an error). */
  capture(command: GuestCommand, deadline: Deadline): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Files and trees, parents created, modes and mtimes kept, symbolic links copied as links. */
  upload(
    localPath: string,
    remotePath: string,
    deadline: Deadline,
    onProgress?: (p: CopyProgress) => void,
  ): Promise<void>;
  download(
    remotePath: string,
    localPath: string,
    deadline: Deadline,
    onProgress?: (p: CopyProgress) => void,
  ): Promise<void>;
  /** A Unix socket of this host that leads to a port of the guest's own loopback, until it is ended. */
  forward(guestPort: number, socketPath: string): Promise<{ end(): Promise<void> }>;
  close(): void;
}
