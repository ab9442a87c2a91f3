import type { GuestArch } from '../host-facts.ts';
import { isAtLeast } from './versions.ts';

/** What has to be named together: none of them fails alone. */
export interface MacSet {
  readonly arch: GuestArch;
  readonly qemu: string;
  /** QEMU lies below Homebrew's prefix. */
  readonly homebrew: boolean;
  /** `sw_vers -productVersion`; undefined when it is not known. */
  readonly macos?: string;
  /** `machdep.cpu.brand_string` */
  readonly chip?: string;
}

interface VersionRange {
  readonly from: string;
  /** The first one that is good again; absent while none is known. */
  readonly below?: string;
}

export interface KnownBadSet {
  readonly arch?: GuestArch;
  readonly qemu?: VersionRange;
  readonly macos?: VersionRange;
  readonly chip?: RegExp;
  readonly homebrewOnly?: true;
  readonly note: string;
}

/** From public reports of others (the number in brackets is theirs); none was reproduced by us. macOS only. */
const knownBadSets: readonly KnownBadSet[] = [
  {
    qemu: { from: '8.0.4', below: '8.0.5' },
    homebrewOnly: true,
    note: "Homebrew's QEMU 8.0.4 ends with `Unknown Error` under HVF although it is entitled; update it: brew upgrade qemu",
  },
  {
    arch: 'aarch64',
    qemu: { from: '11.0', below: '11.1' },
    note: 'with QEMU 11.0 an idle guest under HVF takes about two host cores (QEMU issue 3433); 10.2 does not',
  },
  {
    arch: 'aarch64',
    qemu: { from: '11.0' },
    macos: { from: '26', below: '27' },
    chip: /\bM1\b/,
    note: 'QEMU 11 fails an assertion when it starts HVF on an M1 with macOS 26 (QEMU issue 3533); 10.2 does not',
  },
  {
    arch: 'aarch64',
    qemu: { from: '11.1.0', below: '11.1.1' },
    note: 'the firmware of QEMU 11.1.0 stalls an arm64 guest after it hands over to the kernel; 11.0.2 and 10.2 do not',
  },
  {
    arch: 'aarch64',
    macos: { from: '26.6.2', below: '26.6.3' },
    note: 'on macOS 26.6.2 most boots of arm64 guests under HVF fail (UTM issue 7841); update macOS',
  },
];

export function findKnownBadSets(set: MacSet): readonly KnownBadSet[] {
  return knownBadSets.filter(
    (bad) =>
      (bad.arch === undefined || bad.arch === set.arch) &&
      isWithin(set.qemu, bad.qemu) &&
      isWithin(set.macos, bad.macos) &&
      (bad.chip === undefined || (set.chip !== undefined && bad.chip.test(set.chip))) &&
      (bad.homebrewOnly !== true || set.homebrew),
  );
}

/** A version that is not known is in no range: a set is named only when it is recognised. */
function isWithin(version: string | undefined, range: VersionRange | undefined): boolean {
  if (range === undefined) return true;
  if (version === undefined || !isAtLeast(version, range.from)) return false;
  return range.below === undefined || !isAtLeast(version, range.below);
}
