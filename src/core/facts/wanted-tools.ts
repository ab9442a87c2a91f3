/**
 * Every tool that the product uses on a host, as data: what is looked for, what needs it, and whether VMs run without.
 * Which package brings it is in tool-packages.ts.
 */
import { type GuestArch, guestArchs } from '../host-facts.ts';
import { minimumQemuVersion } from '../qemu/version.ts';
import { parseQemuVersion, parseVersion } from './versions.ts';

export interface ToolHost {
  readonly platform: 'linux' | 'darwin';
  readonly arch: GuestArch;
  /** Local images are built from the host's APT sources. */
  readonly debianFamily: boolean;
  readonly root: boolean;
}

export interface WantedTool {
  readonly tool: string;
  /** The first that exists is the one; for QEMU the search of the plan decides. */
  readonly programs: readonly string[];
  readonly qemuFor?: GuestArch;
  /** Row of the package table. */
  readonly packageKey: string;
  readonly required: boolean;
  /** Completes "it …". */
  readonly neededFor: string;
  readonly minimumVersion?: string;
  /** Absent for tools that have no such option, or are scripts that take longer to say it than everything else. */
  readonly version?: { readonly args: readonly string[]; readonly parse: (text: string) => string | undefined };
  /** Shown when it is there. */
  readonly presentNote?: string;
  /** Shown when it is not. */
  readonly missingNote?: string;
}

const testedQemu = 'tested with 7.2 and 10.0';
const dashes = { args: ['--version'], parse: parseVersion };
const qemuVersion = { args: ['--version'], parse: parseQemuVersion };
const sshVersion = {
  args: ['-V'],
  parse: (text: string) => /OpenSSH_(\d+(?:\.\d+)+)/.exec(text)?.[1] ?? parseVersion(text),
};

export function wantedTools(host: ToolHost): readonly WantedTool[] {
  return [
    ...guestArchs.map((arch) => qemuSystem(arch, host)),
    {
      ...simple('qemu-img', 'makes and grows disks', true),
      version: qemuVersion,
    },
    isoTool(host),
    { ...simple('ssh', 'opens a terminal in a guest', true), version: sshVersion },
    ...(host.debianFamily ? imageBuildTools(host) : []),
    ...(host.platform === 'darwin' ? [homebrew] : []),
    simple('virt-install', 'is for use of your own; nothing of ours calls it', false),
    {
      ...simple('go', 'builds a Go checker; nothing else', false),
      minimumVersion: '1.22',
      version: { args: ['version'], parse: (text) => /\bgo(\d+(?:\.\d+)+)/.exec(text)?.[1] },
    },
    { ...simple('wget', 'is for scripts of your own; downloads are ours', false), version: dashes },
    { ...simple('sha256sum', 'checks a digest by hand; ours are checked without it', false), version: dashes },
  ];
}

function simple(
  tool: string,
  neededFor: string,
  required: boolean,
): Pick<WantedTool, 'tool' | 'programs' | 'packageKey' | 'required' | 'neededFor'> {
  return { tool, programs: [tool], packageKey: tool, required, neededFor };
}

function qemuSystem(arch: GuestArch, { platform, arch: hostArch }: ToolHost): WantedTool {
  const own = arch === hostArch;
  const tool = `qemu-system-${arch}`;
  return {
    ...simple(tool, `boots ${arch} guests${own ? '' : ', by emulation'}`, own),
    qemuFor: arch,
    minimumVersion: minimumQemuVersion(platform, hostArch),
    version: qemuVersion,
    presentNote: testedQemu,
  };
}

function isoTool({ platform }: ToolHost): WantedTool {
  const mac = platform === 'darwin';
  return {
    tool: 'ISO tool',
    programs: [...(mac ? ['hdiutil'] : []), 'genisoimage', 'mkisofs', 'xorriso'],
    packageKey: mac ? 'xorriso' : 'genisoimage',
    required: true,
    neededFor: 'makes the cloud-init seed',
    missingNote: mac ? 'hdiutil is part of macOS' : 'one of genisoimage, mkisofs and xorriso is enough',
  };
}

const homebrew: WantedTool = {
  tool: 'Homebrew',
  programs: ['brew'],
  packageKey: 'Homebrew',
  required: true,
  neededFor: 'installs QEMU and its firmware',
  version: dashes,
  missingNote: 'it is never installed by us; https://brew.sh says how',
};

/** What src/host/images/local runs. The host's own QEMU and qemu-img are above. */
function imageBuildTools({ arch, root }: ToolHost): readonly WantedTool[] {
  const forImages = 'builds local images';
  const other: GuestArch = arch === 'x86_64' ? 'aarch64' : 'x86_64';
  const foreign = `builds local images for ${other}`;
  return [
    simple('apt-get', forImages, true),
    simple('dpkg-deb', forImages, true),
    simple('mmdebstrap', forImages, true),
    { ...simple('mcopy', forImages, true), version: dashes },
    simple('mmd', forImages, true),
    simple('mkfs.vfat', forImages, true),
    { ...simple('mke2fs', forImages, true), version: { args: ['-V'], parse: parseVersion } },
    simple('debugfs', forImages, true),
    { ...simple('sfdisk', forImages, true), version: dashes },
    simple('flock', forImages, true),
    ...(root ? [] : [simple('newuidmap', 'builds local images without root', true)]),
    simple(`qemu-${other}-static`, foreign, false),
    simple('arch-test', foreign, false),
  ];
}
