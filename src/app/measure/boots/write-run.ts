import { inputStamp } from '../../../core/measure/artifacts/raw-inputs.ts';
import { artifactNames, bootTimeOf, type RunIdentity, rawInputsOf } from '../../../core/measure/boot/boot-artifacts.ts';
import type { ObservedBoot } from '../../../core/measure/boot/observed-boot.ts';
import { resourceCsv } from '../../../core/measure/usage/resource-csv.ts';
import { usageTotals } from '../../../core/measure/usage/usage-totals.ts';
import type { Dependencies } from '../../dependencies.ts';
import { jsonText } from '../artifacts/json-text.ts';

/**
 * The artifacts of one boot in a directory of its own, then the latest copies in `latest`. A directory that exists is
 * another run's: it is never written into.
 */
export async function writeRun(
  { files, clock }: Pick<Dependencies, 'files' | 'clock'>,
  run: RunIdentity,
  latest: string,
  observed: ObservedBoot,
): Promise<void> {
  const { directory } = run;
  await files.makeDirectory(directory);
  const copies = [
    [observed.bootLog, artifactNames.bootLog],
    [observed.debugLog, artifactNames.debugLog],
  ] as const;
  for (const [from, name] of copies) await files.copy(from, `${directory}/${name}`);
  await files.write(`${directory}/${artifactNames.resources}`, resourceCsv(observed.usage));
  const at = clock.now();
  const raw = rawInputsOf(observed, usageTotals(observed.usage), run, at);
  await files.write(`${directory}/measurements-${inputStamp(at)}.json`, jsonText(raw.measurements));
  await files.write(`${directory}/boot-report-${inputStamp(at)}.json`, jsonText(raw.report));
  // Last, so that whoever finds it finds the others.
  await files.write(`${directory}/${artifactNames.bootTime}`, jsonText(bootTimeOf(raw)));
  const { bootLog, debugLog, resources, bootTime } = artifactNames;
  for (const name of [bootLog, debugLog, resources, bootTime])
    await files.copy(`${directory}/${name}`, `${latest}/${name}`);
}
