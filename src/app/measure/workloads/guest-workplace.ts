import { fail, hasCode } from '../../../core/errors/sysmonvm-error.ts';
import { fileName } from '../../../core/measure/workload/check-workload.ts';
import { guestUsage } from '../../../core/measure/workload/guest-usage.ts';
import { usageScript } from '../../../core/measure/workload/usage-script.ts';
import type { GuestConnection } from '../../../core/ports/guest-shell.ts';
import { type ProgramEnd, programOutputLimit } from '../../../core/ports/program-runner.ts';
import { signalNameOf } from '../../../core/ssh/signal-numbers.ts';
import type { Dependencies } from '../../dependencies.ts';
import { boundedSink } from './bounded-sink.ts';
import { commandVector, type Workplace } from './workplace.ts';

/** For what takes milliseconds in a guest that is not emulated. */
const shortMs = 60_000;

/** In the guest, over one connection; its folder is below /var/tmp, which is a disk where there is one. */
export function guestWorkplace(deps: Dependencies, connection: GuestConnection, signal: AbortSignal): Workplace {
  const within = (ms: number, own = signal) => ({ at: deps.clock.now() + ms, signal: own, attempts: [] });
  const capture = (command: readonly string[], own?: AbortSignal) =>
    connection.capture({ command }, within(shortMs, own));
  return {
    async open(_, files) {
      const made = await capture(['sh', '-c', 'mkdir -p /var/tmp && mktemp -d /var/tmp/sysmonvm-XXXXXX']);
      const folder = made.stdout.trim();
      if (made.exitCode !== 0 || folder === '')
        fail('guest.command-failed', `the guest cannot make a folder in /var/tmp: ${made.stderr.trim()}`);
      const deadline = within(10 * shortMs);
      for (const file of files) await connection.upload(file, `${folder}/${fileName(file)}`, deadline);
      return folder;
    },
    async run({ command, folder, env, timeoutMs, signal: own }): Promise<ProgramEnd> {
      const report = `${folder}/.sysmonvm-usage`;
      const [stdout, stderr] = [boundedSink(programOutputLimit), boundedSink(programOutputLimit)];
      const streams = { stdout: stdout.stream, stderr: stderr.stream };
      const measured = ['sh', '-c', usageScript, 'sh', report, ...commandVector(command)];
      const ended = async (): Promise<ProgramEnd['end']> => {
        try {
          const exit = await connection.exec(
            { command: measured, env, workdir: folder },
            streams,
            within(timeoutMs, own),
          );
          const name = exit.signal ?? signalNameOf(exit.exitCode - 128);
          return name === undefined ? { exitCode: exit.exitCode } : { signal: `SIG${name.replace(/^SIG/, '')}` };
        } catch (error) {
          if (hasCode(error, 'guest.command-deadline')) return { timedOut: true };
          throw error;
        }
      };
      const end = await ended();
      const looks = 'timedOut' in end ? undefined : await capture(['cat', report], own);
      return {
        end,
        stdout: stdout.text(),
        stderr: stderr.text(),
        truncated: stdout.truncated() || stderr.truncated(),
        usage: looks === undefined ? {} : guestUsage(looks.stdout),
      };
    },
    async close(folder) {
      await capture(['rm', '-rf', folder], new AbortController().signal);
    },
  };
}
