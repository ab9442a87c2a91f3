import type { GuestArch, HostFacts } from '../host-facts.ts';

export interface AcceleratorVerdict {
  readonly accelerator: 'kvm' | 'hvf';
  /** True only when guest code of ours answered with the nonce. */
  readonly usable: boolean;
  /** One sentence a user can act on, e.g. "/dev/kvm exists but may not be opened by this user". */
  readonly reason: string;
  readonly remedy?: string;
  readonly cached: boolean;
  readonly tookMs: number;
}

export interface HostFactsSource {
  /** What a plan needs to know of this host for guests of one architecture. Never installs anything. */
  collect(arch: GuestArch, signal?: AbortSignal): Promise<HostFacts>;
  /** Launches QEMU under the accelerator with guest code of ours; the verdict is cached by QEMU, kernel, CPU and boot. */
  probeAccelerator(
    arch: GuestArch,
    options?: { readonly refresh?: boolean; readonly signal?: AbortSignal },
  ): Promise<AcceleratorVerdict | undefined>;
}
