import { describe, expect, it } from 'vitest';
import type { SshTarget } from '../../../src/core/ports/guest-shell.ts';
import { guestCommandLine } from '../../../src/core/ssh/guest-command-line.ts';
import { knownHostsText } from '../../../src/core/ssh/known-hosts-text.ts';
import { quoteForShell, quoteWords } from '../../../src/core/ssh/shell-quoting.ts';
import { exitCodeOfSignal, isSignalName } from '../../../src/core/ssh/signal-numbers.ts';
import { sshConfigText, systemSshArguments } from '../../../src/core/ssh/system-ssh.ts';

const target: SshTarget = {
  host: '127.0.0.1',
  port: 2222,
  user: 'demo',
  privateKeyPath: '/w/vms/1/id',
  hostPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== guest',
  knownHostsPath: '/w/vms/1/known_hosts',
};

describe('quoting for a shell', () => {
  it('leaves plain words and protects everything else', () => {
    expect(quoteWords(['ls', '-l', '/a/b.c', 'a b', "it's", '', '$x', '*', '=x', 'ü'])).toBe(
      `ls -l /a/b.c 'a b' 'it'\\''s' '' '$x' '*' '=x' 'ü'`,
    );
    expect(() => quoteForShell('a\0b')).toThrow(expect.objectContaining({ code: 'usage.invalid-argument' }));
  });
});

describe('the command line for a guest', () => {
  it('uses sudo for another user only, never a prompt', () => {
    expect(guestCommandLine({ command: ['id'], asUser: 'root' }, 't', 'demo')).toMatch(
      /^exec sudo -n -H -u root -- sh -c /,
    );
    expect(guestCommandLine({ command: ['id'], asUser: 'demo' }, 't', 'demo')).not.toContain('sudo');
  });

  it('refuses what cannot be a command or a variable', () => {
    const refused = expect.objectContaining({ code: 'usage.invalid-argument' });
    expect(() => guestCommandLine({ command: [] }, 't', 'demo')).toThrow(refused);
    for (const name of ['', '1A', 'A B', 'A=B', '-u', 'Ä']) {
      expect(() => guestCommandLine({ command: ['id'], env: { [name]: 'x' } }, 't', 'demo')).toThrow(refused);
    }
  });
});

describe('exit codes of signals', () => {
  it('are 128+N of Linux, and 128 for a signal that has no name in the protocol', () => {
    expect(['TERM', 'SIGKILL', 'sigint', 'USR1', 'USR2', 'CHLD'].map(exitCodeOfSignal)).toEqual([
      143, 137, 130, 138, 140, 145,
    ]);
    expect(exitCodeOfSignal('SIG@openssh.com')).toBe(128);
    expect([isSignalName('SIGHUP'), isSignalName('constructor'), isSignalName('9')]).toEqual([true, false, false]);
  });
});

describe('texts for the ssh of the system', () => {
  it('pin exactly our host key, under a name that does not depend on the port', () => {
    expect(knownHostsText(target.hostPublicKey)).toBe('sysmonvm-guest ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==\n');
    expect(() => knownHostsText('ssh-rsa AAAA')).toThrow(expect.objectContaining({ code: 'config.invalid' }));
    expect(() => knownHostsText('ssh-ed25519 AAAA\nevil ssh-ed25519 BBBB')).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });

  it('never turn the check of the host key off, and put extra options before the destination', () => {
    const args = systemSshArguments(target, { interactive: true, extra: ['-L', '8080:localhost:80'] });
    expect(args).toContain('StrictHostKeyChecking=yes');
    expect(args).toContain('UserKnownHostsFile=/w/vms/1/known_hosts');
    expect(args).toContain('IdentitiesOnly=yes');
    expect(args).toContain('KexAlgorithms=curve25519-sha256,curve25519-sha256@libssh.org');
    expect(args.join(' ')).not.toMatch(/StrictHostKeyChecking=(no|off|accept-new|ask)/);
    expect(args.slice(-9)).toEqual(['-t', '-p', '2222', '-l', 'demo', '-L', '8080:localhost:80', '--', '127.0.0.1']);
    expect(systemSshArguments(target, { interactive: false, command: 'ls -l' }).slice(-2)).toEqual([
      '127.0.0.1',
      'ls -l',
    ]);
  });

  it('ask only for key exchanges that the client has', () => {
    const kex = (clientKex: readonly string[]): string | undefined =>
      systemSshArguments(target, { interactive: false, clientKex }).find((argument) =>
        argument.startsWith('KexAlgorithms='),
      );
    expect(kex(['ecdh-sha2-nistp256', 'curve25519-sha256@libssh.org'])).toBe(
      'KexAlgorithms=curve25519-sha256@libssh.org',
    );
    expect(() => kex(['ecdh-sha2-nistp256'])).toThrow(expect.objectContaining({ code: 'host.tool-too-old' }));
  });

  it('make a section for ssh_config', () => {
    const text = sshConfigText('demo', { ...target, privateKeyPath: '/my vms/100%/id' });
    expect(text.startsWith('Host demo\n  HostName 127.0.0.1\n  Port 2222\n  User demo\n')).toBe(true);
    expect(text).toContain('  IdentityFile "/my vms/100%%/id"\n');
    expect(text).toContain('  StrictHostKeyChecking yes\n');
    expect(() => sshConfigText('demo', { ...target, privateKeyPath: '/a"b' })).toThrow(
      expect.objectContaining({ code: 'usage.invalid-argument' }),
    );
  });
});
