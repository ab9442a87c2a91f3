import { checkConfig } from '../checker/config.ts';
import { type ParsedConfigFile, positionOf } from '../config/parsed-config-file.ts';
import { fail } from '../errors/sysmonvm-error.ts';
import { type CheckerSettings, guestConfigOf } from './guest-places.ts';

/** What the installation decides by itself, and how a person says it instead. */
const decided: Readonly<Record<string, string>> = {
  listen_addr: 'follows from --security',
  security: 'is said with --security',
  vm: 'is the VM itself',
  hosted_vms: 'belongs to the collector of a host',
};

/**
 * A person's part of the checker's configuration.
 * @throws checker.config-invalid with file, line and key of everything that is wrong
 */
export function checkSettings(file: ParsedConfigFile): CheckerSettings {
  const { values } = file;
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    return failWith(file, [{ place: 'the file', message: 'must hold keys and values' }]);
  const settings = values as CheckerSettings;
  const taken = Object.entries(decided).filter(([key]) => Object.hasOwn(settings, key));
  if (taken.length > 0)
    return failWith(
      file,
      taken.map(([place, why]) => ({ place, message: `${why}; leave it out` })),
    );
  const { problems } = checkConfig(guestConfigOf({ vm: { id: '', name: '' }, security: 'mtls', settings }));
  return problems.length === 0 ? settings : failWith(file, problems);
}

function failWith(
  file: ParsedConfigFile,
  problems: readonly { readonly place: string; readonly message: string }[],
): never {
  const findings = problems.map(({ place, message }) => ({
    file: file.path,
    ...positionOf(file, place),
    field: place,
    message,
  }));
  const lines = findings.map(
    ({ line, column, field, message }) => `${file.path}:${line}:${column}: ${field} ${message}`,
  );
  return fail('checker.config-invalid', lines.join('\n'), {
    details: { findings },
    next: ['docs/checker.md names the keys'],
  });
}
