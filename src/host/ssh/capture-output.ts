import { Writable } from 'node:stream';
import type { Deadline } from '../../core/deadline.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { GuestCommand } from '../../core/ports/guest-shell.ts';
import type { Connection } from './connection.ts';
import { runCommand } from './run-command.ts';

const limitBytes = 8 * 1024 * 1024;

/** Runs a command without input and collects what it prints. @throws guest.output-too-large beyond 8 MiB a stream */
export async function captureOutput(
  connection: Connection,
  command: GuestCommand,
  deadline: Deadline,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const stdout = collector('standard output');
  const stderr = collector('standard error');
  const { exitCode } = await runCommand(connection, command, { stdout: stdout.sink, stderr: stderr.sink }, deadline);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(name: string): { sink: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes > limitBytes) {
        const message = `The command printed more than ${limitBytes / 1024 / 1024} MiB to its ${name}.`;
        done(new SysmonvmError('guest.output-too-large', message, { details: { limitBytes } }));
        return;
      }
      chunks.push(chunk);
      done();
    },
  });
  // The pump listens only while it runs; an error after that must not end the process.
  sink.on('error', () => {});
  return { sink, text: () => Buffer.concat(chunks).toString('utf8') };
}
