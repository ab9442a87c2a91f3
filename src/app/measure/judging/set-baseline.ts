import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { type Baseline, type BaselineAct, formatBaseline } from '../../../core/measure/judging/baseline-file.ts';
import { baselineName } from '../../../core/measure/judging/baseline-name.ts';
import { referenceText, safePart } from '../../../core/measure/judging/baseline-reference.ts';
import type { MeasuredResult } from '../../../core/measure/judging/measured-result.ts';
import type { KeptBaseline, SetBaselineRequest } from '../../../core/measure/judging-operations.ts';
import type { ResultSet } from '../../../core/measure/result-set.ts';
import type { Call } from '../../../core/operation.ts';
import { formatTime } from '../../../core/view/times.ts';
import type { Dependencies } from '../../dependencies.ts';
import { baselinesDirectory, keptBaselines } from './kept-baselines.ts';
import { loadResult } from './load-result.ts';

export async function setBaseline(deps: Dependencies, call: Call, request: SetBaselineRequest): Promise<KeptBaseline> {
  const result = fitResult(await loadResult(deps, request.from));
  const tag = safePart('tag', request.tag);
  const arch = safePart('architecture', result.arch);
  const name = safePart('name', request.name ?? baselineName(result).replace(/[^A-Za-z0-9._+-]/g, '-'));
  const before = (await keptBaselines(deps, request.directory)).find(
    ({ baseline }) => baseline.tag === tag && baseline.arch === arch && baseline.name === name,
  );
  if (before !== undefined && !request.replace) refuseReplacing(before);
  const baseline: Baseline = {
    ...{ schemaVersion: 1, kind: 'baseline', tag, arch, name },
    setBy: await whoSets(deps, call, request),
    setAt: formatTime(deps.clock.now()),
    reason: request.reason,
    ...(result.commit === undefined ? {} : { commit: result.commit }),
    previous: before === undefined ? [] : [actOf(before.baseline), ...before.baseline.previous],
    result,
  };
  const directory = `${baselinesDirectory(deps, request.directory)}/${tag}/${arch}`;
  const path = before?.path ?? `${directory}/${name}.json`;
  await deps.files.makeDirectory(directory);
  await deps.files.write(path, formatBaseline(baseline));
  return { path, baseline };
}

/** @throws bench.baseline-unfit */
function fitResult({ side, form, attempts, series, criteria }: MeasuredResult): ResultSet {
  const { source, ...facts } = side;
  const { kind, guest, arch, startedAt, finishedAt, fingerprint } = facts;
  if (form === 'number' || fingerprint === undefined) {
    return fail(
      'bench.baseline-unfit',
      `${source} does not say on what it was measured, so nothing can be judged by it.`,
      {
        details: { source },
        next: [`sysmonvm bench baseline set --summary ${source} --out baseline.json`],
      },
    );
  }
  const missing = [kind, guest, arch, startedAt, finishedAt].includes(undefined);
  if (missing || series.every(({ values }) => values.length === 0)) {
    return fail('bench.baseline-unfit', `${source} holds no value: no repetition was completed.`, {
      details: { source, attempts: attempts.length },
      next: [`sysmonvm bench compare ${source} ${source}`],
    });
  }
  return {
    ...(facts as Omit<ResultSet, 'attempts' | 'series'>),
    attempts: attempts as ResultSet['attempts'],
    series,
    criteria,
  };
}

function refuseReplacing({ path, baseline }: KeptBaseline): never {
  const { setBy, setAt, reason } = baseline;
  const message = `${referenceText(baseline)} was set by ${setBy} at ${setAt}: ${reason}`;
  return fail('bench.baseline-exists', message, {
    details: { path, setBy, setAt, reason },
    next: [`sysmonvm bench baseline set --replace --tag ${baseline.tag} --from RESULT --reason TEXT`],
  });
}

const actOf = ({ setBy, setAt, reason, commit }: BaselineAct): BaselineAct => ({
  ...{ setBy, setAt, reason },
  ...(commit === undefined ? {} : { commit }),
});

async function whoSets(deps: Dependencies, call: Call, { by, user }: SetBaselineRequest): Promise<string> {
  if (by !== undefined) return by;
  const runner = await deps.runner();
  const git =
    (await runner.which('git')) === undefined
      ? ''
      : (
          await runner.run('git', ['config', 'user.name'], { acceptExitCodes: 'any', signal: call.signal })
        ).stdout.trim();
  const name = git === '' ? user : git;
  return (
    name ??
    fail(
      'usage.invalid-argument',
      'Who sets the baseline is not known: neither git nor the environment names a user.',
      {
        next: ['sysmonvm bench baseline set --by NAME …'],
      },
    )
  );
}
