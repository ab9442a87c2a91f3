import { fail } from '../../errors/sysmonvm-error.ts';
import type { MergedBoot } from '../artifact-operations.ts';
import { artifactNames } from '../boot/boot-artifacts.ts';

/**
 * The files of one boot by their names; of several the newest by the stamp in its name. Only the measurements may be
 * missing: there are tools that time no boot. @throws bench.artifact-missing naming everything that is missing
 */
export function newestInputs(directory: string, names: readonly string[] | undefined): MergedBoot['inputs'] {
  if (names === undefined)
    return fail('bench.artifact-missing', `${directory} is no directory.`, {
      details: { directory },
      next: [`ls -ld ${directory}`],
    });
  const measurements = newest(names, /^measurements-.*\.json$/);
  const report = newest(names, /^boot-report-.*\.json$/);
  const resources = names.find((name) => name === artifactNames.resources);
  const bootLog = names.find((name) => name === artifactNames.bootLog) ?? newest(names, /^boot-(?!report-).*\.log$/);
  if (report === undefined || resources === undefined || bootLog === undefined) {
    const wanted = { 'boot-report-*.json': report, [artifactNames.resources]: resources, 'boot.log': bootLog };
    const missing = Object.entries(wanted).flatMap(([name, found]) => (found === undefined ? [name] : []));
    return fail('bench.artifact-missing', `${directory} has no ${missing.join(', no ')}.`, {
      details: { directory, missing },
      next: [`ls -l ${directory}`],
    });
  }
  return { ...(measurements === undefined ? {} : { measurements }), report, resources, bootLog };
}

/** Stamps are written in several ways; their digits sort by time. */
function newest(names: readonly string[], pattern: RegExp): string | undefined {
  const digits = (name: string): string => name.replaceAll(/\D/g, '').slice(0, 14);
  return names
    .filter((name) => pattern.test(name))
    .sort((a, b) => (digits(a) < digits(b) ? -1 : 1))
    .at(-1);
}
