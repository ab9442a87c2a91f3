/** The text of `/proc/self/mountinfo`. https://docs.kernel.org/filesystems/proc.html#proc-pid-mountinfo */
export interface Mount {
  /** `major:minor` of the file system. */
  readonly number: string;
  /** What of the file system is seen there: `/` is all of it. */
  readonly root: string;
  readonly mountPoint: string;
  readonly readOnly: boolean;
  readonly type: string;
  readonly device: string;
}

/** Space, tab, newline and backslash are written as `\040` and so on. */
const unescapeOctal = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

export function parseMountinfo(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ', 2);
    const [, , number, root, mountPoint, options] = before.split(' ');
    const [type, device] = after.split(' ');
    if (number === undefined || root === undefined || mountPoint === undefined || options === undefined) return [];
    if (type === undefined || device === undefined || !/^\d+:\d+$/.test(number)) return [];
    return [
      {
        number,
        root: unescapeOctal(root),
        mountPoint: unescapeOctal(mountPoint),
        readOnly: options.split(',').includes('ro'),
        type,
        device: unescapeOctal(device),
      },
    ];
  });
}

/** On a disk of this machine. What another machine serves may not answer; what is packed read-only is always full. */
const realTypes = ['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'vfat', 'exfat', 'ntfs3', 'zfs', 'bcachefs', 'jfs'];

/** Each file system once: where all of it is seen, else at its shortest mount point. The root may also be layers. */
export function realFileSystems(mounts: readonly Mount[]): readonly Mount[] {
  const best = new Map<string, Mount>();
  const whole = ({ root }: Mount) => (root === '/' ? 0 : 1);
  for (const mount of mounts) {
    const isRealRoot = mount.mountPoint === '/' && mount.type === 'overlay';
    if (!realTypes.includes(mount.type) && !isRealRoot) continue;
    const other = best.get(mount.number);
    const better =
      other === undefined ||
      whole(mount) < whole(other) ||
      (whole(mount) === whole(other) && mount.mountPoint.length < other.mountPoint.length);
    if (better) best.set(mount.number, mount);
  }
  return [...best.values()];
}
