import { chmod, copyFile, constants as fsConstants, link, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { largeParts, type Template, type TemplatePart, type TemplatePartName } from '../../core/template/template.ts';
import { completeFile } from './complete-file.ts';
import { fileError } from './file-errors.ts';

interface Look {
  readonly bytes: number;
  readonly allocatedBytes: number;
  /** Inode, mtime and ctime: no write leaves them as they are. */
  readonly stamp: string;
  readonly plain: boolean;
}

async function lookAt(path: string): Promise<Look> {
  const found = await lstat(path, { bigint: true });
  return {
    bytes: Number(found.size),
    allocatedBytes: Number(found.blocks) * 512,
    stamp: `${found.ino}:${found.mtimeNs}:${found.ctimeNs}`,
    plain: found.isFile(),
  };
}

async function digestOf(path: string, signal?: AbortSignal): Promise<string> {
  const { fileDigest } = await import('../images/file-digest.ts');
  return fileDigest(path, 'sha256', signal);
}

export async function measuredPart(
  directory: string,
  name: TemplatePartName,
  signal?: AbortSignal,
): Promise<TemplatePart> {
  const path = join(directory, name);
  const digest = await digestOf(path, signal);
  const { bytes, allocatedBytes, stamp } = await lookAt(path);
  return { name, bytes, allocatedBytes, digest, stamp };
}

export async function addPart(
  directory: string,
  name: TemplatePartName,
  path: string,
  how: 'link' | 'copy',
): Promise<void> {
  const target = join(directory, name);
  try {
    if (how === 'link') await link(path, target);
    else await copyFile(path, target, fsConstants.COPYFILE_FICLONE);
  } catch (error) {
    throw fileError(error, target, 'filling a template');
  }
}

/** Memory is opened writable by a QEMU that cannot be told otherwise; it maps it privately all the same. */
function modeOf({ features }: Template, name: TemplatePartName): number {
  return name === 'ram' && !features.readOnlyRam ? 0o600 : 0o400;
}

/**
 * Parts made read-only. A mode, or a second name of the file that is gone, changes its ctime only: as long as inode and
 * mtime are those that were measured, the new stamp is taken over. Any other part keeps its old stamp and is read again.
 */
export async function sealedParts(directory: string, template: Template): Promise<readonly TemplatePart[]> {
  return Promise.all(
    template.parts.map(async (part) => {
      const path = join(directory, part.name);
      const before = await lookAt(path);
      if (before.bytes !== part.bytes || withoutCtime(before.stamp) !== withoutCtime(part.stamp)) return part;
      await chmod(path, modeOf(template, part.name));
      return { ...part, stamp: (await lookAt(path)).stamp };
    }),
  );
}

function withoutCtime(stamp: string): string {
  return stamp.slice(0, stamp.lastIndexOf(':'));
}

/** Why a part is not the sealed one; else whether stamps are to be renewed, and the template with what was found. */
export async function whyPartsChanged(
  directory: string,
  template: Template,
  thorough: boolean,
  signal?: AbortSignal,
): Promise<{ readonly why: string } | { readonly renew: boolean; readonly template: Template }> {
  const looked = await Promise.all(
    template.parts.map((part) => lookAtPart(join(directory, part.name), part, thorough, signal)),
  );
  const changed = looked.find((found) => typeof found === 'string');
  if (changed !== undefined) return { why: changed };
  const parts = looked.filter((found) => typeof found !== 'string');
  const renew = parts.some((part, index) => part.stamp !== template.parts[index]?.stamp);
  return { renew, template: { ...template, parts } };
}

async function lookAtPart(
  path: string,
  part: TemplatePart,
  thorough: boolean,
  signal?: AbortSignal,
): Promise<TemplatePart | string> {
  const found = await lookAt(path).catch(() => undefined);
  if (!found) return `its part ${part.name} is missing`;
  if (!found.plain) return `its part ${part.name} is no plain file`;
  if (found.bytes !== part.bytes) return `its part ${part.name} has ${found.bytes} bytes instead of ${part.bytes}`;
  if (!thorough && found.stamp === part.stamp && largeParts.includes(part.name)) return part;
  const digest = await digestOf(path, signal);
  if (digest === part.digest) return { ...part, stamp: found.stamp };
  return `the content of its part ${part.name} is not what was sealed`;
}

/** Shares blocks where the file system can; it replaces what has the name in one step. */
export async function copyPart(source: string, path: string): Promise<void> {
  const copy = async (temporary: string): Promise<void> => {
    await copyFile(source, temporary, fsConstants.COPYFILE_FICLONE | fsConstants.COPYFILE_EXCL);
  };
  await completeFile(path, 0o600, copy, { durable: false }).catch((error: unknown) => {
    throw fileError(error, path, 'copying a part of a template');
  });
}
