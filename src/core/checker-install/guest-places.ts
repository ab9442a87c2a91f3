/** Where the checker lies in a guest, and who it is there. The scripts that install it name the same places. */
export const guestPlaces = {
  binary: '/usr/local/bin/serviceradar-sysmon-vm',
  config: '/etc/serviceradar/checkers/sysmon-vm.json',
  tls: '/etc/serviceradar/checkers/sysmon-vm-tls',
  user: 'sysmon-vm',
  port: 50110,
} as const;

/** none: on the guest's loopback; insecure: without TLS on its network address. */
export const checkerSecurities = ['mtls', 'none', 'insecure'] as const;
export type CheckerSecurity = (typeof checkerSecurities)[number];

/** Keys of the checker's configuration as a person wrote them. */
export type CheckerSettings = Readonly<Record<string, unknown>>;

interface GuestConfigOf {
  readonly vm: { readonly id: string; readonly name: string };
  readonly security: CheckerSecurity;
  readonly settings?: CheckerSettings;
}

/**
 * The configuration that is written into a guest. QEMU's forward reaches the guest's network address, never its
 * loopback: without TLS the service listens on the loopback alone, and the way to it is SSH.
 */
export const guestConfigOf = ({ vm, security, settings = {} }: GuestConfigOf): CheckerSettings => ({
  sample_interval: '250ms',
  ...settings,
  ...(security === 'insecure' ? { insecure: true } : {}),
  listen_addr: `${security === 'none' ? '127.0.0.1' : '0.0.0.0'}:${guestPlaces.port}`,
  security: security === 'mtls' ? { mode: 'mtls', cert_dir: guestPlaces.tls } : { mode: 'none' },
  vm,
});

export const guestConfigText = (of: GuestConfigOf): string => `${JSON.stringify(guestConfigOf(of), null, 2)}\n`;
