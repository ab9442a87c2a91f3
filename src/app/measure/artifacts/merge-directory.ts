import { fail } from '../../../core/errors/sysmonvm-error.ts';
import type { MergedBoot, MergeRequest } from '../../../core/measure/artifact-operations.ts';
import { refuseContradictions } from '../../../core/measure/artifacts/contradictions.ts';
import { newestInputs } from '../../../core/measure/artifacts/newest-inputs.ts';
import { readBootReport, readMeasurements } from '../../../core/measure/artifacts/read-raw-inputs.ts';
import { artifactNames, mergeBootTime } from '../../../core/measure/boot/boot-artifacts.ts';
import { failInvalid, type ResultFile } from '../../../core/measure/judging/result-file.ts';
import { type ResourceRows, readResourceCsv } from '../../../core/measure/usage/read-resource-csv.ts';
import type { Dependencies } from '../../dependencies.ts';
import { jsonText } from './json-text.ts';

/** One boot_time.json from what other programs left in a directory. Nothing is written unless all of it fits. */
export async function mergeDirectory(
  deps: Pick<Dependencies, 'files' | 'resultFiles'>,
  { directory, arch, out }: MergeRequest,
): Promise<MergedBoot> {
  const inputs = newestInputs(directory, await (await deps.resultFiles()).list(directory));
  const { measurements, report, resources, bootLog } = inputs;
  const timed = measurements === undefined ? undefined : readMeasurements(await read(deps, directory, measurements));
  const seen = readBootReport(await read(deps, directory, report));
  const sampled = await readRows(deps, `${directory}/${resources}`);
  refuseContradictions({
    directory,
    ...(measurements === undefined || timed === undefined
      ? {}
      : { measurements: { name: measurements, values: timed } }),
    report: { name: report, values: seen },
    resources: { name: resources, sampled },
    ...(arch === undefined ? {} : { arch }),
  });
  const known = arch ?? timed?.architecture ?? seen.architecture;
  if (known === null)
    return fail('bench.artifact-missing', `No file in ${directory} names the architecture of the guest.`, {
      details: { directory },
      next: [`sysmonvm bench merge ${directory} --arch x86_64`],
    });
  const bootTime = mergeBootTime({
    ...(timed === undefined ? {} : { measurements: timed }),
    ...{ report: seen, sampled, bootLog: `${directory}/${bootLog}`, arch: known },
  });
  if (bootTime.timestamp === '')
    failInvalid(await read(deps, directory, report), [{ field: 'timestamp', message: 'no file says when it was' }]);
  const path = out ?? `${directory}/${artifactNames.bootTime}`;
  await deps.files.write(path, jsonText(bootTime));
  return { path, inputs, bootTime };
}

async function read(deps: Pick<Dependencies, 'resultFiles'>, directory: string, name: string): Promise<ResultFile> {
  const file = await (await deps.resultFiles()).read(`${directory}/${name}`);
  return file ?? fail('bench.artifact-missing', `${directory}/${name} was removed meanwhile.`, { details: { name } });
}

async function readRows({ files }: Pick<Dependencies, 'files'>, path: string): Promise<ResourceRows> {
  const rows = readResourceCsv((await files.read(path)) ?? '');
  if (!('message' in rows)) return rows;
  const { line, field, message } = rows;
  return fail('bench.result-invalid', `${path}:${line}:1: ${field === '' ? '' : `${field}: `}${message}`, {
    details: { file: path, findings: [{ line, field, message }] },
    next: [`Mend ${path}, or measure again.`],
  });
}
