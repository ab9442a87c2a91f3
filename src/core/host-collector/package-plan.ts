import type { GuestArch } from '../host-facts.ts';
import { directoryOf, type HostLayout, serviceText } from './layout.ts';
import { macPackageSteps } from './mac-package.ts';
import type { PackageFormat, PackageSettings } from './package-options.ts';
import type { HostStep } from './steps.ts';

export interface PackageRequest {
  readonly layout: HostLayout;
  readonly arch: GuestArch;
  readonly settings: PackageSettings;
  readonly binary: string;
  readonly configText: string;
  /** Where the finished packages go. */
  readonly output: string;
  /** An empty folder in which they are put together. */
  readonly staging: string;
  /** Reads a file of templates/. */
  readonly template: (name: string) => string;
}

export interface PackagePlan {
  readonly steps: readonly HostStep[];
  readonly files: readonly { readonly format: PackageFormat; readonly path: string }[];
}

const packageName = 'serviceradar-sysmonvm-host';

const debArch: Readonly<Record<GuestArch, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** Requirements name the files of macOS; those of Linux are named as its tools name them. */
function packageFile({ layout, arch, settings, output }: PackageRequest, format: PackageFormat): string {
  const { version } = settings;
  if (layout.os === 'darwin') return `${output}/${packageName}-macos.${format}`;
  if (format === 'deb') return `${output}/${packageName}_${version}_${debArch[arch]}.deb`;
  if (format === 'rpm') return `${output}/${packageName}-${version}-1.${arch}.rpm`;
  return `${output}/${packageName}-linux-${arch}.tar.gz`;
}

export function packagePlan(request: PackageRequest): PackagePlan {
  const { formats } = request.settings;
  const root = `${request.staging}/root`;
  return {
    files: formats.map((format) => ({ format, path: packageFile(request, format) })),
    steps: [
      { kind: 'directory', path: request.output, mode: 0o755 },
      ...contentSteps(request, root),
      ...(request.layout.os === 'darwin' ? signSteps(request, root) : []),
      ...formats.flatMap((format) => formatSteps(request, format, root)),
    ],
  };
}

/** The tree as it will lie on the host. */
function contentSteps({ layout, binary, configText, template }: PackageRequest, root: string): readonly HostStep[] {
  const file = (path: string, mode: number, from: { text: string } | { file: string }): readonly HostStep[] => [
    { kind: 'directory', path: `${root}${directoryOf(path)}`, mode: 0o755 },
    { kind: 'file', path: `${root}${path}`, mode, from },
  ];
  return [
    ...file(layout.program, 0o755, { file: binary }),
    ...file(layout.config, 0o644, { text: configText }),
    ...file(layout.service, 0o644, { text: serviceText(template(layout.serviceTemplate), layout) }),
  ];
}

/** Before it is packed in whatever form. Node compiles at run time, which a hardened program may only when it says so. */
function signSteps({ layout, settings, staging, template }: PackageRequest, root: string): readonly HostStep[] {
  const { application, timestamp } = settings.signing;
  if (application === undefined) return [];
  const entitlements = `${staging}/entitlements.plist`;
  const stamp = timestamp === true ? '--timestamp' : `--timestamp=${timestamp === false ? 'none' : timestamp}`;
  const words = ['--force', '--options', 'runtime', stamp, '--entitlements', entitlements, '--sign', application];
  return [
    { kind: 'file', path: entitlements, mode: 0o644, from: { text: template('packaging/macos/entitlements.plist') } },
    { kind: 'run', command: ['codesign', ...words, `${root}${layout.program}`] },
    { kind: 'run', command: ['codesign', '--verify', '--strict', `${root}${layout.program}`] },
  ];
}

function formatSteps(request: PackageRequest, format: PackageFormat, root: string): readonly HostStep[] {
  const path = packageFile(request, format);
  switch (format) {
    case 'tar.gz':
      return [{ kind: 'archive', directory: root, path, epochSeconds: request.settings.epochSeconds }];
    case 'deb':
      return debSteps(request, root, path);
    case 'rpm':
      return rpmSteps(request, root, path);
    case 'pkg':
      return macPackageSteps({ ...request, root, path });
  }
}

const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`@${name}@`, value), template);

/** The control files are in a copy of the tree: the other formats have no use for them. */
function debSteps(request: PackageRequest, root: string, path: string): readonly HostStep[] {
  const { settings, arch, layout, staging, template } = request;
  const control = `${staging}/deb/DEBIAN`;
  const values = { VERSION: settings.version, ARCH: debArch[arch], CONFIG: layout.config, ...serviceValues(layout) };
  const file = (name: string, mode: number): HostStep => ({
    kind: 'file',
    path: `${control}/${name}`,
    mode,
    from: { text: fill(template(`packaging/deb/${name}`), values) },
  });
  return [
    { kind: 'run', command: ['cp', '-a', root, `${staging}/deb`] },
    { kind: 'directory', path: control, mode: 0o755 },
    file('control', 0o644),
    file('conffiles', 0o644),
    ...['postinst', 'prerm', 'postrm'].map((name) => file(name, 0o755)),
    {
      kind: 'run',
      // xz would take minutes for an executable of 120 MB, and save a third.
      command: ['dpkg-deb', '--root-owner-group', '-Zgzip', '--build', `${staging}/deb`, path],
      env: { SOURCE_DATE_EPOCH: String(settings.epochSeconds) },
    },
  ];
}

const serviceValues = ({ serviceName, user = '' }: HostLayout) => ({ SERVICE: serviceName, USER: user });

function rpmSteps(request: PackageRequest, root: string, path: string): readonly HostStep[] {
  const { settings, arch, layout, staging, template } = request;
  const spec = `${staging}/${packageName}.spec`;
  const made = `${staging}/rpms/${packageName}-${settings.version}-1.${arch}.rpm`;
  const define = (name: string, value: string) => ['--define', `${name} ${value}`];
  const values = {
    VERSION: settings.version,
    PROGRAM: layout.program,
    CONFIG: layout.config,
    UNIT: layout.service,
    ROOT: root,
    ...serviceValues(layout),
  };
  return [
    { kind: 'file', path: spec, mode: 0o644, from: { text: fill(template('packaging/rpm/host.spec'), values) } },
    {
      kind: 'run',
      command: [
        'rpmbuild',
        ...['-bb', '--target', arch],
        ...define('_topdir', `${staging}/rpmbuild`),
        ...define('_rpmdir', `${staging}/rpms`),
        ...define('_build_name_fmt', '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm'),
        ...define('_binary_payload', 'w6.gzdio'),
        ...define('_buildhost', 'localhost'),
        ...define('use_source_date_epoch_as_buildtime', '1'),
        ...define('clamp_mtime_to_source_date_epoch', '1'),
        spec,
      ],
      env: { SOURCE_DATE_EPOCH: String(settings.epochSeconds) },
    },
    { kind: 'file', path, mode: 0o644, from: { file: made } },
  ];
}
