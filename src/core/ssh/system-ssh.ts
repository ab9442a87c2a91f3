import { fail } from '../errors/sysmonvm-error.ts';
import type { SshTarget } from '../ports/guest-shell.ts';
import { hostKeyAlias } from './known-hosts-text.ts';

const curve25519 = ['curve25519-sha256', 'curve25519-sha256@libssh.org'] as const;

export interface SystemSshOptions {
  /** A terminal is there: ask the guest for one too. */
  readonly interactive: boolean;
  /** More options for ssh (`-L 8080:localhost:80`), placed before the destination; ours come first and win. */
  readonly extra?: readonly string[];
  /** One string for the guest's shell. */
  readonly command?: string;
  /** What `ssh -Q kex` prints; undefined when it was not asked. */
  readonly clientKex?: readonly string[];
}

/**
 * Arguments for the system's `ssh`. The user's own configuration is read (agents, escape character, terminal
 * settings), but the first value of an option wins and ours stand first, so no `Host *` section can weaken the check
 * of the host key or lead the connection elsewhere: a jump host would make 127.0.0.1 another machine, and a shared
 * control socket of an earlier VM on the same port would reach that one.
 */
export function systemSshArguments(target: SshTarget, options: SystemSshOptions): readonly string[] {
  const settings = [...pinnedSettings(target, options.clientKex), ...ownWaySettings];
  return [
    ...settings.flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    options.interactive ? '-t' : '-T',
    '-p',
    String(target.port),
    '-l',
    target.user,
    ...(options.extra ?? []),
    '--',
    target.host,
    ...(options.command === undefined ? [] : [options.command]),
  ];
}

/** A section for ~/.ssh/config, so that `ssh NAME`, rsync, git and editors reach the VM. */
export function sshConfigText(vmName: string, target: SshTarget): string {
  const settings: readonly Setting[] = [
    ['HostName', target.host],
    ['Port', String(target.port)],
    ['User', target.user],
    ...pinnedSettings(target, undefined),
    ['ProxyJump', 'none'],
    ['ProxyCommand', 'none'],
    ['ControlPath', 'none'],
  ];
  return `Host ${vmName}\n${settings.map(([name, value]) => `  ${name} ${value}\n`).join('')}`;
}

type Setting = readonly [name: string, value: string];

function pinnedSettings(target: SshTarget, clientKex: readonly string[] | undefined): readonly Setting[] {
  return [
    // An older client does not know KnownHostsCommand (8.5) and would stop at it.
    ['IgnoreUnknown', 'KnownHostsCommand'],
    ['HostKeyAlias', hostKeyAlias],
    ['StrictHostKeyChecking', 'yes'],
    ['UserKnownHostsFile', sshPath(target.knownHostsPath)],
    ['GlobalKnownHostsFile', '/dev/null'],
    ['KnownHostsCommand', 'none'],
    ['VerifyHostKeyDNS', 'no'],
    ['CheckHostIP', 'no'],
    ['UpdateHostKeys', 'no'],
    ['HostKeyAlgorithms', 'ssh-ed25519'],
    ['KexAlgorithms', kexAlgorithms(clientKex).join(',')],
    ['IdentitiesOnly', 'yes'],
    ['IdentityFile', sshPath(target.privateKeyPath)],
    ['PreferredAuthentications', 'publickey'],
  ];
}

const ownWaySettings: readonly Setting[] = [
  ['ProxyCommand', 'none'],
  ['ProxyJump', 'none'],
  ['ControlMaster', 'no'],
  ['ControlPath', 'none'],
  ['RemoteCommand', 'none'],
  ['ServerAliveInterval', '15'],
];

/** ssh stops at an algorithm name it does not know, so only names that this client has are given. */
function kexAlgorithms(clientKex: readonly string[] | undefined): readonly string[] {
  if (clientKex === undefined) return curve25519;
  const offered = curve25519.filter((name) => clientKex.includes(name));
  if (offered.length === 0) {
    fail(
      'host.tool-too-old',
      'The ssh of this host knows no curve25519 key exchange (OpenSSH 6.5 and later have it).',
      {
        details: { clientKex },
        next: ['Update OpenSSH, or use `sysmonvm exec`, which needs no ssh program.'],
      },
    );
  }
  return offered;
}

/** A path as a value in ssh_config: `%` starts a token, white space needs quotes, and quotes cannot be escaped. */
function sshPath(path: string): string {
  if (/["\\\n\r]|\$\{/.test(path) || path.startsWith('~')) {
    fail('usage.invalid-argument', `The path ${JSON.stringify(path)} cannot be written into an ssh configuration.`, {
      next: ['Choose a workspace whose path has no quotes, backslashes, line breaks or "${".'],
    });
  }
  const escaped = path.replaceAll('%', '%%');
  return /[\s#'=,]/.test(escaped) ? `"${escaped}"` : escaped;
}
