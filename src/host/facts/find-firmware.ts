import { constants } from 'node:fs';
import { access, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type DescriptorFile,
  descriptorCandidates,
  type FirmwareCandidate,
} from '../../core/facts/firmware-descriptor.ts';
import { firmwareSizeProblem, qcow2VirtualSize, tableCandidates } from '../../core/facts/firmware-paths.ts';
import type { GuestArch } from '../../core/host-facts.ts';

export interface FirmwareSearch {
  readonly arch: GuestArch;
  /** Its share folder is looked at first. */
  readonly qemuPath?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Set before every path: another system's files, in tests. */
  readonly root?: string;
}

/** The first pair that exists, can be read and fits the machine: descriptors first, then the path table. */
export async function findFirmware(search: FirmwareSearch): Promise<FirmwareCandidate | undefined> {
  const shares = await shareFolders(search);
  const files = (
    await Promise.all(descriptorFolders(search, shares).map((folder) => readDescriptors(folder, search)))
  ).flat();
  for (const candidate of [...descriptorCandidates(files, search.arch), ...tableCandidates(search.arch, shares)]) {
    const stable = await stablePlace(candidate, search);
    if ((await unfitness(stable, search)) === undefined) return stable;
  }
  return undefined;
}

async function shareFolders({ qemuPath, env, root = '' }: FirmwareSearch): Promise<readonly string[]> {
  const shareOf = (path: string): string => join(dirname(dirname(path)), 'share');
  const own = qemuPath === undefined ? [] : [shareOf(qemuPath)];
  const real = qemuPath === undefined ? undefined : await realpath(root + qemuPath).catch(() => undefined);
  const brew = env['HOMEBREW_PREFIX'];
  return [
    ...new Set([
      ...own,
      ...(brew?.startsWith('/') ? [join(brew, 'share')] : []),
      ...(real === undefined ? [] : [shareOf(real.slice(root.length))]),
      '/opt/homebrew/share',
      '/usr/local/share',
      '/usr/share',
    ]),
  ];
}

function descriptorFolders({ env, home }: FirmwareSearch, shares: readonly string[]): readonly string[] {
  const config = env['XDG_CONFIG_HOME'];
  return [
    join(config?.startsWith('/') ? config : join(home, '.config'), 'qemu/firmware'),
    '/etc/qemu/firmware',
    ...shares.map((share) => join(share, 'qemu/firmware')),
  ];
}

async function readDescriptors(folder: string, { root = '' }: FirmwareSearch): Promise<readonly DescriptorFile[]> {
  const names = (await readdir(root + folder).catch(() => [] as string[])).filter((name) => name.endsWith('.json'));
  const files = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(root + folder, name), 'utf8').catch(() => undefined);
      return text === undefined ? [] : [{ folder, name, text }];
    }),
  );
  return files.flat();
}

/** Homebrew's descriptors name a folder with the version in it, which the next upgrade removes; its link stays. */
async function stablePlace(candidate: FirmwareCandidate, search: FirmwareSearch): Promise<FirmwareCandidate> {
  const link = (path: string): string => path.replace(/\/Cellar\/[^/]+\/[^/]+\//, '/');
  const [codePath, varsTemplatePath] = [link(candidate.codePath), link(candidate.varsTemplatePath)];
  if (codePath === candidate.codePath) return candidate;
  const stable = { ...candidate, codePath, varsTemplatePath };
  return (await unfitness(stable, search)) === undefined ? stable : candidate;
}

async function unfitness(
  candidate: FirmwareCandidate,
  { arch, root = '' }: FirmwareSearch,
): Promise<string | undefined> {
  const code = await imageSize(root + candidate.codePath, candidate.codeFormat);
  const vars = await imageSize(root + candidate.varsTemplatePath, candidate.varsFormat);
  if (code === undefined || vars === undefined) return 'missing, unreadable or of another format';
  return firmwareSizeProblem(arch, code, vars);
}

/** Bytes that the guest sees. */
async function imageSize(path: string, format: 'raw' | 'qcow2'): Promise<number | undefined> {
  try {
    await access(path, constants.R_OK);
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    return format === 'raw' ? found.size : await qcow2Size(path);
  } catch {
    return undefined;
  }
}

async function qcow2Size(path: string): Promise<number | undefined> {
  const file = await open(path, 'r');
  try {
    const header = new Uint8Array(32);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    return qcow2VirtualSize(header.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
