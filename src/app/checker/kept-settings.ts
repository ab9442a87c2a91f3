import { checkSettings } from '../../core/checker-install/checker-settings.ts';
import type { CheckerSettings } from '../../core/checker-install/guest-places.ts';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CheckedGuest } from './guest-installation.ts';
import { certificateFolder } from './vm-certificates.ts';

type Guest = Pick<CheckedGuest, 'kept'>;
type Deps = Pick<Dependencies, 'files' | 'checkerTools'>;

const fileOf = (guest: Guest): string => `${certificateFolder(guest)}/settings.json`;

/** What `--config` gave last; headers of OTLP may be secrets, so nobody else reads it. */
export async function keptSettings({ files }: Pick<Deps, 'files'>, guest: Guest): Promise<CheckerSettings> {
  return JSON.parse((await files.read(fileOf(guest))) ?? '{}') as CheckerSettings;
}

export async function keepSettings({ files }: Pick<Deps, 'files'>, guest: Guest, settings: CheckerSettings) {
  await files.makeDirectory(certificateFolder(guest), 0o700);
  await files.write(fileOf(guest), `${JSON.stringify(settings, null, 2)}\n`, 0o600);
}

/** Of the file that was given, else what was kept. @throws checker.config-invalid */
export async function settingsOf(deps: Deps, guest: Guest, path: string | undefined): Promise<CheckerSettings> {
  if (path === undefined) return keptSettings(deps, guest);
  const file = await read(deps, path);
  return checkSettings(
    file ?? fail('checker.config-invalid', `${path}: there is no such file`, { next: [`ls -l ${path}`] }),
  );
}

async function read({ checkerTools }: Deps, path: string) {
  try {
    return await (await checkerTools()).readSettings(path);
  } catch (error) {
    if (!hasCode(error, 'config.unreadable')) throw error;
    return fail('checker.config-invalid', error.message, { details: error.details, cause: error });
  }
}
