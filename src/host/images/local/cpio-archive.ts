/**
 * Writes a `newc` cpio archive, the format of a Linux initramfs. Written here rather than by cpio(1), because an
 * ordinary user can then put root's files and the node /dev/console into it.
 */
export interface CpioEntry {
  readonly path: string;
  /** Type and permissions as in st_mode. */
  readonly mode: number;
  readonly content?: Uint8Array;
  readonly device?: readonly [major: number, minor: number];
}

export const directory = (path: string): CpioEntry => ({ path, mode: 0o040755 });
export const executable = (path: string, content: Uint8Array): CpioEntry => ({ path, mode: 0o100755, content });
export const plainFile = (path: string, content: Uint8Array): CpioEntry => ({ path, mode: 0o100644, content });
export const symlink = (path: string, target: string): CpioEntry => ({
  path,
  mode: 0o120777,
  content: Buffer.from(target),
});
export const characterDevice = (path: string, major: number, minor: number): CpioEntry => ({
  path,
  mode: 0o020600,
  device: [major, minor],
});

const padding = (length: number, to: number): Buffer => Buffer.alloc((to - (length % to)) % to);

const member = (entry: CpioEntry, inode: number): Buffer[] => {
  const content = entry.content ?? new Uint8Array();
  const [major, minor] = entry.device ?? [0, 0];
  const name = Buffer.from(`${entry.path}\0`);
  const links = entry.mode >= 0o040000 && entry.mode < 0o060000 ? 2 : 1;
  const fields = [inode, entry.mode, 0, 0, links, 0, content.length, 0, 0, major, minor, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, padding(header.length + name.length, 4), Buffer.from(content), padding(content.length, 4)];
};

export const cpioArchive = (entries: readonly CpioEntry[]): Buffer => {
  const trailer = member({ path: 'TRAILER!!!', mode: 0 }, 0);
  const parts = [...entries.flatMap((entry, index) => member(entry, index + 1)), ...trailer];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...parts, padding(length, 512)]);
};
