import type { VmPlan } from '../plan/vm-plan.ts';
import type { TemplateReference } from '../resources/ledger.ts';

/**
 * A template: a frozen VM from which others are forked. templates/NAME/ holds template.json and the parts; the parts
 * are sealed (read-only, digest on record) and never written again, because running forks map and read them.
 */
export const templatePartNames = ['ram', 'state', 'disk.qcow2', 'overlay.qcow2', 'vars.qcow2'] as const;
/** `overlay.qcow2` is an empty overlay on the disk: a fork copies it. */
export type TemplatePartName = (typeof templatePartNames)[number];
/** So large that they are read only when their stamp is another one. */
export const largeParts: readonly TemplatePartName[] = ['ram', 'disk.qcow2'];

export interface TemplatePart {
  readonly name: TemplatePartName;
  /** Length; a memory file is sparse. */
  readonly bytes: number;
  readonly allocatedBytes: number;
  /** `sha256:…` of the content. */
  readonly digest: string;
  /** Inode, mtime and ctime as text; while it is equal, the content is the one that was digested. */
  readonly stamp: string;
}

/** What the QEMU of the template offers, as it answered; a template is bound to the digest of its QEMU. */
export interface MachineFeatures {
  readonly qemuVersion: string;
  /** `file:` as a way of saving (8.2 on); else `exec:`. */
  readonly fileTransport: boolean;
  /** `readonly=on,rom=off` of a memory file (8.2 on). */
  readonly readOnlyRam: boolean;
  /** For a full state only: with memory that is left where it is, it fails. */
  readonly mappedRam: boolean;
}

/** What was found in the guest when it was frozen; decides how a fork is told who it is. */
export interface FrozenGuest {
  /** Command line (argv) that reads one renewal from standard input; for the guest agent, should the port be silent. */
  readonly renewalCommand: readonly string[];
  readonly hostKeyPath: string;
  readonly sshServer: 'openssh' | 'openssh-session' | 'dropbear';
  readonly agent: boolean;
  /** Services that ran, for `template show`. */
  readonly services: readonly string[];
}

export interface Template {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Made by `--warm`: may be replaced when what went into it changes. */
  readonly automatic: boolean;
  readonly from: { readonly kind: 'booted' } | { readonly kind: 'taken'; readonly vm: string };
  readonly plan: VmPlan;
  /** Digest of `inputs`. */
  readonly key: string;
  /** Everything that went into it, by name; what a newer key differs in is told by these. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly features: MachineFeatures;
  readonly guest: FrozenGuest;
  /** The public key with which the template was driven; a fork takes it out of its guest. */
  readonly loginPublicKey: string;
  readonly macAddress: string;
  /** What the disk lies on, and the kernel of a direct boot; all in the cache of images. */
  readonly baseImagePath: string;
  readonly kernelPath?: string;
  readonly initrdPath?: string;
  /** The template on whose disk this one's lies: it was taken from a fork. */
  readonly onTemplate?: TemplateReference;
  readonly parts: readonly TemplatePart[];
}
