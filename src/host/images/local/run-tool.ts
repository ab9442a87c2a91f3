import { fail, hasCode } from '../../../core/errors/sysmonvm-error.ts';
import { createProcessRunner } from '../../process/process-runner.ts';

export interface ToolRun {
  readonly signal: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  /** Called with each line the tool prints while it runs. */
  readonly onLine?: (line: string) => void;
}

/** A cancelled mmdebstrap removes its own tree first, which takes seconds under load. */
const CANCEL_GRACE_MS = 20_000;

const runner = createProcessRunner({ killAfterMs: CANCEL_GRACE_MS });

/** Where `tool` is on this host: on PATH, or in the folders for administrators that an ordinary user's PATH leaves out. */
export const findTool = (tool: string): Promise<string | undefined> => runner.which(tool);

/** Runs one tool of an image build to its end and returns its standard output. */
export const runTool = async (tool: string, args: readonly string[], run: ToolRun): Promise<string> => {
  if (run.signal.aborted) failCancelled(run.signal);
  try {
    const { onLine } = run;
    const { stdout } = await runner.run(tool, args, {
      signal: run.signal,
      env: { LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...run.env },
      ...(run.input === undefined ? {} : { input: run.input }),
      ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
      ...(onLine === undefined ? {} : { onLine: (line: string) => onLine(line) }),
    });
    return stdout;
  } catch (error) {
    if (run.signal.aborted) failCancelled(run.signal);
    if (!hasCode(error, 'host.tool-failed')) throw error;
    return fail('image.build-failed', error.message, { details: error.details, cause: error });
  }
};

export const failCancelled = (signal: AbortSignal): never =>
  fail('image.build-cancelled', 'the image build was cancelled', { cause: signal.reason });
