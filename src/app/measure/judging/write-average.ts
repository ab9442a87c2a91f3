import { fail } from '../../../core/errors/sysmonvm-error.ts';
import type { WriteAverageRequest, WrittenAverage } from '../../../core/measure/judging-operations.ts';
import { formatTime } from '../../../core/view/times.ts';
import type { Dependencies } from '../../dependencies.ts';
import { loadResult } from './load-result.ts';

export async function writeAverage(deps: Dependencies, request: WriteAverageRequest): Promise<WrittenAverage> {
  const { side, form, series, attempts } = await loadResult(deps, request.summary);
  const avgMs = series[0]?.values[0];
  if (form !== 'number' || avgMs === undefined) {
    return fail('bench.baseline-unfit', `${request.summary} has no average boot time.`, {
      details: { summary: request.summary, avgMs: avgMs ?? null },
      next: [`cat ${request.summary}`],
    });
  }
  if (request.arch !== undefined && side.arch !== undefined && side.arch !== request.arch) {
    return fail('bench.baseline-unfit', `${request.summary} is of ${side.arch}, not of ${request.arch}.`, {
      details: { summary: request.summary, arch: side.arch },
      next: [`sysmonvm bench baseline set --arch ${side.arch} --summary ${request.summary} --out ${request.out}`],
    });
  }
  const arch = request.arch ?? side.arch;
  const boots = attempts.filter(({ outcome }) => outcome === 'completed').length;
  const of = [`${boots} boots`, ...(arch === undefined ? [] : [arch]), formatTime(deps.clock.now())];
  const note = request.note ?? `Average of ${of.join(', ')}`;
  const baseline = { ...(arch === undefined ? {} : { arch }), avg_ms: avgMs, note };
  await deps.files.write(request.out, `${JSON.stringify(baseline, null, 2)}\n`);
  return { path: request.out, avgMs, note };
}
