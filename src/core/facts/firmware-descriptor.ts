/**
 * QEMU's firmware descriptors (docs/interop/firmware.json of QEMU): small JSON files, one a firmware build.
 *
 * Folders, highest first: ~/.config/qemu/firmware, /etc/qemu/firmware, PREFIX/share/qemu/firmware. A name in a higher
 * folder hides the same name in a lower one, an empty file hides it altogether; what is left is tried in the order of
 * the names.
 */
import type { GuestArch } from '../host-facts.ts';

export interface DescriptorFile {
  readonly folder: string;
  readonly name: string;
  readonly text: string;
}

export interface FirmwareCandidate {
  readonly codePath: string;
  readonly codeFormat: 'raw' | 'qcow2';
  readonly varsTemplatePath: string;
  readonly varsFormat: 'raw' | 'qcow2';
  readonly source: string;
}

interface Descriptor extends FirmwareCandidate {
  readonly targets: readonly { readonly architecture: string; readonly machines: readonly string[] }[];
  readonly features: readonly string[];
}

/** Files in the order of the folders given, highest first. */
export function descriptorCandidates(files: readonly DescriptorFile[], arch: GuestArch): readonly FirmwareCandidate[] {
  const seen = new Set<string>();
  const visible = files
    .filter(({ name }) => !seen.has(name) && seen.add(name))
    .filter(({ text }) => text.trim() !== '');
  const usable = [...visible]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(parseDescriptor)
    .filter((descriptor) => descriptor !== undefined)
    .filter((descriptor) => suits(descriptor, arch));
  // Stable: among equals the order of the names decides, as QEMU's document asks.
  return usable
    .sort((a, b) => rank(a) - rank(b))
    .map(({ targets: _targets, features: _features, ...candidate }) => candidate);
}

export function parseDescriptor(file: DescriptorFile): Descriptor | undefined {
  const json = readJson(file.text);
  const mapping = record(json?.['mapping']);
  const code = record(mapping?.['executable']);
  const vars = record(mapping?.['nvram-template']);
  const mode = mapping?.['mode'] ?? 'split';
  if (!strings(json?.['interface-types']).includes('uefi')) return undefined;
  if (mapping?.['device'] !== 'flash' || mode !== 'split') return undefined;
  const codePath = text(code?.['filename']);
  const varsTemplatePath = text(vars?.['filename']);
  const codeFormat = format(code?.['format']);
  const varsFormat = format(vars?.['format']);
  if (!codePath || !varsTemplatePath || !codeFormat || !varsFormat) return undefined;
  const targets = list(json?.['targets']).map((target) => {
    const entry = record(target);
    return { architecture: text(entry?.['architecture']) ?? '', machines: strings(entry?.['machines']) };
  });
  return {
    codePath,
    codeFormat,
    varsTemplatePath,
    varsFormat,
    source: `descriptor ${file.folder}/${file.name}`,
    targets,
    features: strings(json?.['features']),
  };
}

/** Our machines are q35 without a locked SMM and virt; enrolled keys would refuse what is not signed for them. */
function suits({ targets, features }: Descriptor, arch: GuestArch): boolean {
  if (['requires-smm', 'enrolled-keys', 'amd-sev-snp', 'intel-tdx'].some((feature) => features.includes(feature)))
    return false;
  const machine = arch === 'x86_64' ? 'pc-q35-0.0' : 'virt-0.0';
  return targets.some(
    ({ architecture, machines }) => architecture === arch && machines.some((glob) => matchesGlob(machine, glob)),
  );
}

function rank({ features }: Descriptor): number {
  return features.includes('secure-boot') ? 1 : 0;
}

export function matchesGlob(value: string, glob: string): boolean {
  const pattern = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${pattern}$`).test(value);
}

function readJson(value: string): Record<string, unknown> | undefined {
  try {
    return record(JSON.parse(value));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): readonly string[] {
  return list(value).filter((entry) => typeof entry === 'string');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function format(value: unknown): 'raw' | 'qcow2' | undefined {
  return value === 'raw' || value === 'qcow2' ? value : undefined;
}
