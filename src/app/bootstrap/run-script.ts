import { type ScriptEnd, scriptEnd } from '../../core/bootstrap/script-end.ts';
import { stepPreludeScript } from '../../core/bootstrap/scripts/step-prelude-script.ts';
import type { Deadline } from '../../core/deadline.ts';
import type { GuestConnection } from '../../core/ports/guest-shell.ts';
import { lineSink } from './line-sink.ts';

const linesKept = 20;

export interface ScriptRun {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly deadline: Deadline;
  readonly onLine: (line: string) => void;
}

/** Runs a script of a step as root of the guest. */
export async function runScript(connection: GuestConnection, run: ScriptRun): Promise<ScriptEnd> {
  const lastLines: string[] = [];
  let detail = '';
  const keep = (line: string): void => {
    if (line.trim() === '') return;
    lastLines.push(line);
    if (lastLines.length > linesKept) lastLines.shift();
    run.onLine(line);
  };
  const stdout = lineSink((line) => {
    detail = line.trim() || detail;
    keep(line);
  });
  const stderr = lineSink(keep);
  const exit = await connection.exec(
    { command: ['sh', '-c', stepPreludeScript + run.script, run.name, ...run.args], asUser: 'root' },
    { stdout: stdout.stream, stderr: stderr.stream },
    run.deadline,
  );
  stdout.finish();
  stderr.finish();
  return scriptEnd(exit, detail, lastLines);
}
