import {
  type AgentCommandPlace,
  guestExecArguments,
  outputDirectory,
  refusalIn,
} from '../../core/agent/agent-command.ts';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { GuestCommand } from '../../core/ports/guest-shell.ts';
import { type SignalRequest, signalCommand } from '../../core/ssh/signal-script.ts';
import type { AgentLine } from './agent-line.ts';
import { type ExecStatus, runAsRoot } from './agent-process.ts';
import type { Outlet } from './outlet.ts';
import { type OutputFile, openOutput } from './output-file.ts';

/** Files in the guest may lie in its memory: beyond this the command is stopped until they are read and emptied. */
const fileLimitBytes = 16 * 1024 * 1024;
const firstPauseMs = 4;
const longestPauseMs = 100;
/** Three questions take an emulated guest 5 ms, and what it starts about 100: the pause grows slowly at first. */
const growth = 1.25;
/** One question with 16 MiB of input takes an emulated guest 10 s. */
const startMs = 120_000;

/** A command that runs in the guest, and its two files. */
export interface CommandRun {
  readonly pid: number;
  /** Passes the output on until the command has ended and all of it was taken. */
  follow(signal: AbortSignal): Promise<ExecStatus>;
  /** What is there now, to the end. */
  drain(): Promise<void>;
  signal(request: Pick<SignalRequest, 'signal' | 'mode' | 'graceMs'>): Promise<string>;
  /** Why it was not started; undefined: it was. */
  refusal(): string | undefined;
}

export interface OpenFiles {
  readonly place: AgentCommandPlace;
  readonly out: OutputFile;
  readonly err: OutputFile;
  refusal(): string | undefined;
  remove(): Promise<void>;
}

/** The files exist before the command does, so that it is followed from its first byte on. */
export async function openFiles(
  clock: Clock,
  line: AgentLine,
  place: AgentCommandPlace,
  outlets: { readonly out: Outlet; readonly err: Outlet },
): Promise<OpenFiles> {
  let refusal: string | undefined;
  let first = true;
  const err: Outlet = {
    ...outlets.err,
    write: (bytes) => {
      if (first) refusal = refusalIn(bytes, place.token);
      const swallowed = first && refusal !== undefined;
      first = false;
      return swallowed ? Promise.resolve() : outlets.err.write(bytes);
    },
  };
  const open = (): Promise<readonly [OutputFile, OutputFile]> =>
    Promise.all([openOutput(line, `${place.base}.out`, outlets.out), openOutput(line, `${place.base}.err`, err)]);
  const files = await open().catch(async (error: unknown) => {
    if (!hasCode(error, 'agent.refused') || error.details['blocked'] === true) throw error;
    await runAsRoot(clock, line, ['mkdir', '-p', '-m', '700', outputDirectory]);
    return open();
  });
  return {
    place,
    out: files[0],
    err: files[1],
    refusal: () => refusal,
    remove: async () => {
      const removed = runAsRoot(clock, line, ['rm', '-f', `${place.base}.out`, `${place.base}.err`]);
      await Promise.all([removed, files[0].close(), files[1].close()]);
    },
  };
}

export async function startRun(
  clock: Clock,
  line: AgentLine,
  files: OpenFiles,
  command: GuestCommand,
  input: Uint8Array,
): Promise<CommandRun> {
  const args = guestExecArguments(command, files.place);
  const stdin = input.length === 0 ? {} : { 'input-data': Buffer.from(input).toString('base64') };
  const { pid } = await line.ask<{ pid: number }>('guest-exec', { ...args, ...stdin }, { timeoutMs: startMs });
  const { out, err } = files;

  let stopped = false;
  const signal: CommandRun['signal'] = async (request) => {
    // TERM does not reach a process that stands still.
    if (stopped && request.signal !== 'CONT') await signal({ signal: 'CONT', mode: 'once', graceMs: 0 });
    const mark = { pid, session: pid, startTime: undefined };
    const { stdout } = await runAsRoot(clock, line, signalCommand({ ...request, mark, asUser: undefined }));
    return stdout.trim();
  };
  const takeAll = async (): Promise<void> => {
    let more = true;
    while (more) more = (await Promise.all([out.take(), err.take()])).includes(true);
  };
  const makeRoom = async (file: OutputFile): Promise<void> => {
    try {
      await signal({ signal: 'STOP', mode: 'once', graceMs: 0 });
      stopped = true;
      let more = true;
      while (more) more = await file.take();
      await file.truncate();
    } finally {
      stopped = false;
      await signal({ signal: 'CONT', mode: 'once', graceMs: 0 });
    }
  };
  return {
    pid,
    signal,
    refusal: files.refusal,
    drain: takeAll,
    follow: async (stop) => {
      for (let pause = firstPauseMs; ; ) {
        await clock.sleep(pause, stop);
        const [status, ...taken] = await Promise.all([
          line.ask<ExecStatus>('guest-exec-status', { pid }),
          out.take(),
          err.take(),
        ]);
        if (status.exited) {
          await takeAll();
          return status;
        }
        stop.throwIfAborted();
        pause = taken.includes(true) ? 0 : Math.min(Math.ceil(pause * growth), longestPauseMs);
        for (const file of [out, err]) if ((await file.behind()) > fileLimitBytes) await makeRoom(file);
        line.rest(pause);
      }
    },
  };
}
