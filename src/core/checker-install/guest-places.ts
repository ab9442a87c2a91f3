/** Where the checker lies in a guest, and who it is there. The scripts that install it name the same places. */
export const guestPlaces = {
  binary: '/usr/local/bin/serviceradar-sysmon-vm',
  config: '/etc/serviceradar/checkers/sysmon-vm.json',
  tls: '/etc/serviceradar/checkers/sysmon-vm-tls',
  user: 'sysmon-vm',
  port: 50110,
} as const;

export type CheckerSecurity = 'mtls' | 'none';

interface GuestConfigOf {
  readonly vm: { readonly id: string; readonly name: string };
  readonly security: CheckerSecurity;
}

/**
 * The configuration that is written into a guest. QEMU's forward reaches the guest's network address, never its
 * loopback: without TLS the service listens on the loopback alone, and the way to it is SSH.
 */
export function guestConfigText({ vm, security }: GuestConfigOf): string {
  const config = {
    listen_addr: `${security === 'mtls' ? '0.0.0.0' : '127.0.0.1'}:${guestPlaces.port}`,
    sample_interval: '250ms',
    security: security === 'mtls' ? { mode: 'mtls', cert_dir: guestPlaces.tls } : { mode: 'none' },
    vm,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
