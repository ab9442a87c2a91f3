import type { Call } from '../../../core/engine.ts';
import { fail, SysmonvmError } from '../../../core/errors/sysmonvm-error.ts';
import { parametersText } from '../../../core/measure/workload/parameter-matrix.ts';
import { fillWords, parameterVariables } from '../../../core/measure/workload/program-input.ts';
import type { Parameters, Workload } from '../../../core/measure/workload/workload.ts';
import type { ProgramEnd } from '../../../core/ports/program-runner.ts';
import { failedAttempt, readAttempt, requireSuccess } from './attempt.ts';
import type { ResolvedProgram } from './resolve-program.ts';
import type { RunRecord } from './run-record.ts';
import type { Workplace } from './workplace.ts';

export interface Combination {
  readonly workload: Workload;
  readonly program: ResolvedProgram;
  readonly parameters: Parameters;
  readonly iterations: number;
  /** Tells why a metric that was asked for has no value. */
  readonly unmeasured: (reason: string) => void;
}

const shortMs = 60_000;

/**
 * In this order: bring the files, look for what is required, set up, warm up, repeat; tear down whatever happened. Each
 * repetition is recorded when it is over. What prevents all of them is recorded as one attempt that failed.
 */
export async function runCombination(
  call: Call,
  place: Workplace,
  record: RunRecord,
  { workload, program, parameters, iterations, unmeasured }: Combination,
): Promise<void> {
  const { id, timeoutMs } = workload;
  const title = [id, parametersText(parameters)].filter(Boolean).join(' ');
  const { command } = program;
  const words = typeof command === 'string' ? command : fillWords(command, parameters);
  const recordFailure = async (iteration: number, error: unknown): Promise<void> => {
    call.signal.throwIfAborted();
    const failed = failedAttempt(error);
    call.report({ kind: 'notice', level: 'warning', text: `${title}: ${failed.message}` });
    await record.add({ workload: id, parameters, iteration, ...failed }, []);
  };
  let folder: string | undefined;
  const run = async (name: string, what: string | readonly string[], iteration = '0', signal = call.signal) => {
    const env = {
      ...program.env,
      ...parameterVariables(parameters),
      SYSMONVM_WORKLOAD: id,
      SYSMONVM_ITERATION: iteration,
    };
    const ended = await place.run({ command: what, folder: folder ?? '', env, timeoutMs, signal });
    await record.raw(id, parameters, name, ended);
    return ended;
  };
  try {
    folder = await place.open(workload, program.files);
    record.addTools(await requiredTools(place, folder, program.requires, call.signal));
    if (program.setup !== undefined)
      requireSuccess('the set-up', await run('setup', program.setup), timeoutMs, 'workload.setup-failed');
    for (let round = 1; round <= workload.warmup; round++) {
      call.report({ kind: 'step', step: `${title}: warm-up ${round} of ${workload.warmup}`, state: 'running' });
      requireSuccess('the program, warming up,', await run(`warmup-${round}`, words), timeoutMs);
    }
  } catch (error) {
    await recordFailure(1, error).finally(() => clean(folder));
    return;
  }
  try {
    for (let iteration = 1; iteration <= iterations; iteration++) {
      const step = `${title}: ${iteration} of ${iterations}`;
      call.report({ kind: 'step', step, state: 'running' });
      try {
        const ended = await run(String(iteration), words, String(iteration));
        const collected = readAttempt(workload.metrics, ended, timeoutMs);
        for (const { metric, reason } of collected.unmeasured) unmeasured(`${metric}: ${reason}`);
        await record.add({ workload: id, parameters, iteration, outcome: 'completed' }, collected.metrics);
        call.report({ kind: 'step', step, state: 'done' });
      } catch (error) {
        await recordFailure(iteration, error);
      }
    }
  } finally {
    await clean(folder);
  }

  async function clean(made: string | undefined): Promise<void> {
    if (made === undefined) return;
    try {
      if (program.teardown !== undefined)
        requireSuccess(
          'the tear-down',
          await run('teardown', program.teardown, '0', new AbortController().signal),
          timeoutMs,
        );
      await place.close(made);
    } catch (error) {
      if (!(error instanceof SysmonvmError)) throw error;
      call.report({ kind: 'notice', level: 'warning', text: `${title}: what it made may be left: ${error.message}` });
    }
  }
}

/** Versions of what the workload requires, since they decide how fast it is. @throws workload.requirement-missing */
async function requiredTools(
  place: Workplace,
  folder: string,
  requires: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const ask = (script: string, tool: string): Promise<ProgramEnd> =>
    place.run({ command: ['sh', '-c', script, 'sh', tool], folder, env: {}, timeoutMs: shortMs, signal });
  const versions: Record<string, string> = {};
  for (const [tool, packageName] of Object.entries(requires)) {
    const { end, stdout } = await ask(
      'command -v "$1" >/dev/null && { "$1" --version 2>&1 </dev/null | head -n 1; }',
      tool,
    );
    if ('exitCode' in end && end.exitCode !== 0)
      fail(
        'workload.requirement-missing',
        `${tool} is not installed where the workload runs; package ${packageName} brings it`,
        {
          details: { tool, package: packageName },
          next: [`sudo apt-get install -y ${packageName}`],
        },
      );
    versions[tool] = stdout.trim();
  }
  return versions;
}
