import { directoryOf, type HostLayout } from './layout.ts';
import type { HostStep } from './steps.ts';

export interface InstallParts {
  readonly layout: HostLayout;
  /** The executable that is copied. */
  readonly binary: string;
  readonly configText: string;
  readonly serviceText: string;
}

const label = (layout: HostLayout) => `system/${layout.serviceName}`;

/** launchctl's codes for a service that it does not know (3, 113) or that is on its way out (36). */
const notLoaded = [0, 3, 36, 113];
const bootoutTimeoutMs = 30_000;

/** The configuration is checked by the very program that will read it, before anything of the old one is ended. */
export function installSteps(parts: InstallParts): readonly HostStep[] {
  const { layout } = parts;
  return layout.os === 'darwin'
    ? [...files(parts), check(layout), ...bootoutSteps(layout), ...launchdStart(layout)]
    : [...userSteps(layout), ...files(parts), check(layout), ...systemdStart(layout)];
}

function files({ layout, binary, configText, serviceText }: InstallParts): readonly HostStep[] {
  const owner = layout.user === undefined ? {} : { owner: { user: 'root', group: layout.user } };
  const directories = [layout.program, layout.config, ...layout.logs].map(directoryOf);
  return [
    ...[...new Set(directories)].map((path): HostStep => ({ kind: 'directory', path, mode: 0o755 })),
    { kind: 'file', path: layout.program, mode: 0o755, from: { file: binary } },
    {
      kind: 'file',
      path: layout.config,
      mode: layout.user === undefined ? 0o600 : 0o640,
      from: { text: configText },
      ...owner,
    },
    { kind: 'file', path: layout.service, mode: 0o644, from: { text: serviceText } },
  ];
}

const check = ({ program, config }: HostLayout): HostStep => ({
  kind: 'run',
  command: [program, '--config', config, '--check-config'],
});

function bootoutSteps(layout: HostLayout): readonly HostStep[] {
  return [
    { kind: 'run', command: ['launchctl', 'bootout', label(layout)], accept: notLoaded },
    // bootout returns before the service is gone, and a bootstrap in between fails with 5 or 37.
    { kind: 'await', command: ['launchctl', 'print', label(layout)], exitCode: 113, timeoutMs: bootoutTimeoutMs },
  ];
}

function launchdStart(layout: HostLayout): readonly HostStep[] {
  return [
    { kind: 'run', command: ['launchctl', 'bootstrap', 'system', layout.service] },
    { kind: 'run', command: ['launchctl', 'enable', label(layout)] },
    { kind: 'run', command: ['launchctl', 'kickstart', '-k', label(layout)] },
  ];
}

/** 9: there is such a user already. */
function userSteps({ user }: HostLayout): readonly HostStep[] {
  if (user === undefined) return [];
  const plain = ['--system', '--user-group', '--no-create-home', '--home-dir', '/', '--shell', '/usr/sbin/nologin'];
  return [{ kind: 'run', command: ['useradd', ...plain, user], accept: [0, 9] }];
}

function systemdStart({ serviceName }: HostLayout): readonly HostStep[] {
  return [
    { kind: 'run', command: ['systemctl', 'daemon-reload'] },
    { kind: 'run', command: ['systemctl', 'enable', serviceName] },
    { kind: 'run', command: ['systemctl', 'restart', serviceName] },
  ];
}

export interface UninstallOptions {
  readonly layout: HostLayout;
  readonly keepConfig: boolean;
}

/** Ends the service first; folders which others use as well stay. */
export function uninstallSteps({ layout, keepConfig }: UninstallOptions): readonly HostStep[] {
  const places = [layout.service, layout.program, ...(keepConfig ? [] : [layout.config, ...layout.logs])];
  const folders = [layout.program, layout.config, ...layout.logs].map(directoryOf);
  return [
    ...(layout.os === 'darwin' ? bootoutSteps(layout) : systemdStop(layout)),
    ...places.map((path): HostStep => ({ kind: 'remove', path })),
    ...[...new Set(folders)].map((path): HostStep => ({ kind: 'remove-empty', path })),
    ...(layout.os === 'linux' ? systemdForget(layout) : []),
  ];
}

/** 5: systemd does not know the unit. */
function systemdStop({ serviceName }: HostLayout): readonly HostStep[] {
  return [{ kind: 'run', command: ['systemctl', 'disable', '--now', serviceName], accept: [0, 1, 5] }];
}

/** 6: there is no such user. */
function systemdForget({ user = '' }: HostLayout): readonly HostStep[] {
  return [
    { kind: 'run', command: ['systemctl', 'daemon-reload'] },
    { kind: 'run', command: ['userdel', user], accept: [0, 6] },
  ];
}
