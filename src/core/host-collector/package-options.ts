import { fail } from '../errors/sysmonvm-error.ts';
import type { HostOs } from './layout.ts';

export type PackageFormat = 'tar.gz' | 'deb' | 'rpm' | 'pkg';

interface Signing {
  /** Of the executable: `codesign`. */
  readonly application?: string;
  /** Of the installer package: `productsign`. */
  readonly installer?: string;
  /** Profile of notarytool in the keychain. */
  readonly notarizeProfile?: string;
  /** `false`: none; a text: the address of another time stamp server. */
  readonly timestamp: boolean | string;
}

export interface PackageSettings {
  readonly formats: readonly PackageFormat[];
  readonly identifier: string;
  readonly version: string;
  readonly signing: Signing;
  /** The executable is not made anew. */
  readonly skipBuild: boolean;
  /** Of everything in the package, so that the same content gives the same bytes. */
  readonly epochSeconds: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ofSystem: Readonly<Record<HostOs, readonly PackageFormat[]>> = {
  linux: ['tar.gz', 'deb', 'rpm'],
  darwin: ['tar.gz', 'pkg'],
};
/** rpmbuild is on few hosts that make .deb: it is asked for by name. */
const usual: Readonly<Record<HostOs, readonly PackageFormat[]>> = {
  linux: ['tar.gz', 'deb'],
  darwin: ['tar.gz', 'pkg'],
};
/** 2026-01-01, when nobody says otherwise. */
const defaultEpoch = 1_767_225_600;

/** What the environment and the options ask for: SKIP_BUILD, SKIP_PKG, PKG_*, and SOURCE_DATE_EPOCH as everywhere. */
export function packageSettings(
  env: Environment,
  asked: { readonly os: HostOs; readonly formats: readonly string[]; readonly ownVersion: string },
): PackageSettings {
  const given = (name: string) => (env[name] === '' ? undefined : env[name]);
  return {
    formats: formatsOf(asked.os, asked.formats, isOn(env, 'SKIP_PKG')),
    identifier: checked('PKG_IDENTIFIER', given('PKG_IDENTIFIER') ?? 'com.serviceradar.sysmonvm', /^[A-Za-z0-9.-]+$/),
    version: checked('PKG_VERSION', given('PKG_VERSION') ?? asked.ownVersion, /^\d[0-9A-Za-z.+~]*$/),
    signing: signingOf(env, given),
    skipBuild: isOn(env, 'SKIP_BUILD'),
    epochSeconds: Number(
      checked('SOURCE_DATE_EPOCH', given('SOURCE_DATE_EPOCH') ?? String(defaultEpoch), /^\d{1,10}$/),
    ),
  };
}

function isOn(env: Environment, name: string): boolean {
  const value = (env[name] ?? '').toLowerCase();
  if (['', '0', 'no', 'false'].includes(value)) return false;
  if (['1', 'yes', 'true'].includes(value)) return true;
  return fail('collector.package-invalid', `${name} is "${env[name]}"; it is 1 or 0`, { details: { variable: name } });
}

function checked(variable: string, value: string, pattern: RegExp): string {
  if (pattern.test(value)) return value;
  return fail('collector.package-invalid', `${variable} is "${value}", which does not fit ${pattern.source}`, {
    details: { variable },
  });
}

function formatsOf(os: HostOs, asked: readonly string[], skipPackages: boolean): readonly PackageFormat[] {
  const possible = ofSystem[os];
  const wanted = asked.length === 0 ? usual[os] : [...new Set(asked)];
  const formats = wanted.flatMap((name) => possible.find((format) => format === name) ?? refuse(name, os, possible));
  return skipPackages ? ['tar.gz'] : formats;
}

const refuse = (name: string, os: HostOs, possible: readonly string[]): never =>
  fail('collector.package-invalid', `there is no ${name} for ${os}; there are ${possible.join(', ')}`, {
    next: [`sysmonvm host-package --os ${os} --format ${possible[0]}`],
  });

function signingOf(env: Environment, given: (name: string) => string | undefined): Signing {
  const application = given('PKG_APP_SIGN_IDENTITY');
  const installer = given('PKG_SIGN_IDENTITY');
  const notarizeProfile = given('PKG_NOTARIZE_PROFILE');
  const url = given('PKG_TIMESTAMP_URL');
  const without = isOn(env, 'PKG_DISABLE_TIMESTAMP');
  if (without && url !== undefined)
    fail('collector.package-invalid', 'PKG_DISABLE_TIMESTAMP and PKG_TIMESTAMP_URL exclude each other');
  if (notarizeProfile !== undefined && (application === undefined || installer === undefined || without))
    fail(
      'collector.package-invalid',
      'PKG_NOTARIZE_PROFILE needs PKG_APP_SIGN_IDENTITY and PKG_SIGN_IDENTITY, and time stamps: nothing else is notarised',
    );
  return {
    ...(application === undefined ? {} : { application }),
    ...(installer === undefined ? {} : { installer }),
    ...(notarizeProfile === undefined ? {} : { notarizeProfile }),
    timestamp: without ? false : (url ?? true),
  };
}
