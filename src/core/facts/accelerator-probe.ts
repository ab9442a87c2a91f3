import type { Accelerator, GuestArch } from '../host-facts.ts';
import { aarch64ProbeImage } from './probe-code-aarch64.ts';
import { x86ProbeImage } from './probe-code-x86-64.ts';

/** Only the answer to this number, within this time, is a yes. */
export const probeTimeLimitMs = 3_000;

const factor = 0x9e3779b97f4a7c15n;

export function probeImage(arch: GuestArch, nonce: bigint): Uint8Array {
  return arch === 'x86_64' ? x86ProbeImage(nonce) : aarch64ProbeImage(nonce);
}

/** What the guest code prints: it holds the nonce, but the answer exists only after it was computed in 64 bits. */
export function probeAnswer(nonce: bigint): string {
  const inverted = BigInt.asUintN(64, ~nonce);
  return BigInt.asUintN(64, inverted * factor)
    .toString(16)
    .padStart(16, '0');
}

/** The machine and CPU model are those that a VM would get. */
export function probeArguments(arch: GuestArch, accelerator: Accelerator, imagePath: string): readonly string[] {
  return [
    ...['-machine', arch === 'x86_64' ? 'q35' : 'virt', '-accel', accelerator],
    ...['-cpu', accelerator === 'tcg' ? 'max' : 'host', '-smp', '1', '-m', '64'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-monitor', 'none', '-no-reboot'],
    ...['-serial', 'stdio', '-bios', imagePath],
  ];
}

export interface ProbeRun {
  readonly answered: boolean;
  /** Ended because the time was over. */
  readonly timedOut: boolean;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stderr: string;
}

export interface ProbeExplanation {
  readonly reason: string;
  readonly remedy?: string;
  /** It would fail again; silence may have been a busy host. */
  readonly certain: boolean;
}

const known: readonly {
  readonly words: RegExp;
  readonly reason: string;
  readonly remedy?: string;
}[] = [
  {
    words: /failed to set MSR/i,
    reason:
      'the kernel refuses processor registers that QEMU sets for every guest (KVM here is itself paravirtualised or nested)',
    remedy: 'Use a host with full hardware virtualisation (bare metal, or a VM with nested virtualisation).',
  },
  {
    words: /KVM internal error/i,
    reason: 'the kernel could not run the guest code (KVM internal error)',
    remedy: 'Use a host with full hardware virtualisation (bare metal, or a VM with nested virtualisation).',
  },
  {
    words: /Could not access KVM kernel module: Permission denied/i,
    reason: '/dev/kvm may not be opened by QEMU under this user',
    remedy: 'Add the user to the group of /dev/kvm: sudo usermod -aG kvm "$USER", then log in again.',
  },
  { words: /Could not access KVM kernel module/i, reason: 'QEMU cannot open /dev/kvm' },
  {
    words: /HV_UNSUPPORTED/,
    reason: 'Hypervisor.framework is not supported here (a Mac inside a VM, as hosted CI runners are, has none)',
    remedy: 'Run on the Mac itself; in hosted CI choose a Linux runner with KVM.',
  },
  {
    words: /HV_DENIED/,
    reason: 'macOS denies QEMU the hypervisor: the binary lacks the entitlement com.apple.security.hypervisor',
    remedy: 'brew reinstall qemu',
  },
  {
    words: /HV_(ERROR|BUSY|BAD_ARGUMENT|NO_RESOURCES|NO_DEVICE)|Unknown Error/,
    reason: 'Hypervisor.framework refuses what this QEMU asks of it',
    remedy: 'brew upgrade qemu; `sysmonvm doctor` names combinations of QEMU and macOS that are known not to work.',
  },
  {
    words: /invalid accelerator|unknown accelerator|accelerator .* not (?:found|compiled|supported)/i,
    reason: 'this QEMU was built without the accelerator',
    remedy: 'Install the QEMU of the distribution: sysmonvm host-setup',
  },
];

/** Why the guest code did not answer, from QEMU's own words. */
export function explainProbe(accelerator: 'kvm' | 'hvf', run: ProbeRun): ProbeExplanation {
  const found = known.find(({ words }) => words.test(run.stderr));
  const subject = accelerator === 'kvm' ? '/dev/kvm exists and opens' : 'Hypervisor.framework is there';
  // Warnings about missing CPU features come first and are not why QEMU ended.
  const lines = run.stderr.split('\n').filter((line) => line.trim() !== '' && !/: warning: /.test(line));
  const quote = lines[0] === undefined ? '' : ` QEMU: ${lines[0].trim()}`;
  if (found !== undefined) {
    return {
      reason: `${subject}, but 64-bit guest code does not run: ${found.reason}.${quote}`,
      ...(found.remedy === undefined ? {} : { remedy: found.remedy }),
      certain: true,
    };
  }
  if (run.timedOut) {
    return {
      reason: `${subject}, but 64-bit guest code gave no answer within ${probeTimeLimitMs / 1000} s.${quote}`,
      remedy: 'If the host was very busy, try again: sysmonvm doctor --refresh',
      certain: false,
    };
  }
  const end = run.signal === undefined ? `exit code ${run.exitCode ?? 'unknown'}` : run.signal;
  return {
    reason: `${subject}, but QEMU ended (${end}) before 64-bit guest code answered.${quote === '' ? ' QEMU said nothing.' : quote}`,
    remedy: 'sysmonvm doctor --refresh',
    certain: run.signal === undefined,
  };
}
