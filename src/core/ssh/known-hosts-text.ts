import { fail } from '../errors/sysmonvm-error.ts';

/**
 * The name under which the host key stands in a VM's own known_hosts file. It is not the address: the port changes
 * from start to start, and 127.0.0.1 is every VM.
 */
export const hostKeyAlias = 'sysmonvm-guest';

const ed25519Line = /^ssh-ed25519 [A-Za-z0-9+/]+={0,2}(?: .*)?$/;

/** `ssh-ed25519 AAAA…` without its comment. */
export function bareHostKey(hostPublicKey: string): string {
  const line = hostPublicKey.trim();
  if (!ed25519Line.test(line)) {
    fail('config.invalid', 'The host key recorded for the VM is not a line `ssh-ed25519 AAAA…`.', {
      details: { hostPublicKey: line },
      next: ['Create the VM again: sysmonvm vm-destroy NAME && sysmonvm vm-create NAME'],
    });
  }
  return line.split(' ').slice(0, 2).join(' ');
}

/** The whole known_hosts file of one VM: exactly one key. */
export function knownHostsText(hostPublicKey: string): string {
  return `${hostKeyAlias} ${bareHostKey(hostPublicKey)}\n`;
}
