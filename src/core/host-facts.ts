export type GuestArch = 'x86_64' | 'aarch64';
export const guestArchs: readonly GuestArch[] = ['x86_64', 'aarch64'];
export type Accelerator = 'hvf' | 'kvm' | 'tcg';

export interface QemuFacts {
  readonly path: string;
  /** e.g. "7.2.22" */
  readonly version: string;
  /** `sha256:` of the executable. */
  readonly digest: string;
}

/** A UEFI firmware pair as QEMU's JSON descriptors name it. */
export interface FirmwareFacts {
  readonly codePath: string;
  readonly codeFormat: 'raw' | 'qcow2';
  readonly varsTemplatePath: string;
  readonly varsFormat: 'raw' | 'qcow2';
  readonly codeDigest: string;
  readonly varsDigest: string;
  /** The descriptor or table row that named it. */
  readonly source: string;
}

/** What a plan needs to know of the host. Plain data, made by `host/facts`, compared in tests as fixtures. */
export interface HostFacts {
  readonly platform: 'linux' | 'darwin';
  readonly release: string;
  readonly arch: GuestArch;
  readonly cpuModel: string;
  /** As the kernel lists them; absent where it lists none. */
  readonly cpuFlags?: string;
  readonly cpuCount: number;
  readonly memoryMib: number;
  readonly freeMemoryMib: number;
  readonly guestArch: GuestArch;
  readonly qemu?: QemuFacts;
  readonly firmware?: FirmwareFacts;
  /** Verdict of the probe for guests of this architecture; undefined when the host cannot accelerate it at all. */
  readonly accelerator?: { readonly name: 'kvm' | 'hvf'; readonly usable: boolean; readonly reason: string };
  readonly seedTool?: { readonly name: 'hdiutil' | 'genisoimage' | 'mkisofs' | 'xorriso'; readonly path: string };
}
