import type { PackageSettings } from './package-options.ts';
import type { HostStep } from './steps.ts';

export interface MacPackageRequest {
  readonly settings: PackageSettings;
  readonly staging: string;
  readonly template: (name: string) => string;
  /** The tree as it will lie on the Mac. */
  readonly root: string;
  readonly path: string;
}

/** pkgbuild, then productsign, notarytool and stapler as far as there is something to sign with. */
export function macPackageSteps({ settings, staging, template, root, path }: MacPackageRequest): readonly HostStep[] {
  const { identifier, version, signing } = settings;
  const scripts = `${staging}/scripts`;
  const unsigned = signing.installer === undefined ? path : `${staging}/unsigned.pkg`;
  return [
    { kind: 'directory', path: scripts, mode: 0o755 },
    ...['preinstall', 'postinstall'].map(
      (name): HostStep => ({
        kind: 'file',
        path: `${scripts}/${name}`,
        mode: 0o755,
        from: { text: template(`packaging/macos/${name}`) },
      }),
    ),
    {
      kind: 'run',
      command: [
        'pkgbuild',
        ...['--root', root, '--scripts', scripts, '--identifier', identifier, '--version', version],
        ...['--ownership', 'recommended', '--install-location', '/', unsigned],
      ],
    },
    ...signInstaller(settings, unsigned, path),
    ...notarize(settings, path),
  ];
}

/** productsign knows only the time stamp server of Apple, or none. */
function signInstaller({ signing }: PackageSettings, unsigned: string, path: string): readonly HostStep[] {
  if (signing.installer === undefined) return [];
  const stamp = signing.timestamp === false ? '--timestamp=none' : '--timestamp';
  return [
    { kind: 'run', command: ['productsign', '--sign', signing.installer, stamp, unsigned, path] },
    { kind: 'run', command: ['pkgutil', '--check-signature', path] },
  ];
}

function notarize({ signing }: PackageSettings, path: string): readonly HostStep[] {
  if (signing.notarizeProfile === undefined) return [];
  const profile = ['--keychain-profile', signing.notarizeProfile];
  return [
    { kind: 'run', command: ['xcrun', 'notarytool', 'submit', path, ...profile, '--wait'] },
    { kind: 'run', command: ['xcrun', 'stapler', 'staple', path] },
  ];
}
