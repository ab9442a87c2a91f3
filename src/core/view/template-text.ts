import { compareNames } from '../ids/compare-names.ts';
import { formatBytes, formatMib } from '../units/size.ts';
import type { TemplateFacts } from '../warm-operations.ts';
import type { TemplateDocument } from '../wire/template-documents.ts';
import { labelledLines, textTable } from './text-table.ts';
import { formatAge, formatTime } from './times.ts';

/** What `--json` prints of a template. */
export function templateDocument(facts: TemplateFacts): TemplateDocument {
  const { template, directory, usedBy, allocatedBytes, refused } = facts;
  const { plan } = template;
  return {
    name: template.name,
    id: template.id,
    createdAt: formatTime(template.createdAt),
    automatic: template.automatic,
    from: template.from,
    image: plan.image.value.id,
    arch: plan.arch,
    accelerator: plan.accelerator.value,
    cpus: plan.cpus.value,
    memoryMib: plan.memoryMib.value,
    diskGib: plan.diskGib.value,
    key: template.key,
    inputs: { ...template.inputs },
    features: { ...template.features },
    services: [...template.guest.services],
    macAddress: template.macAddress,
    parts: template.parts.map(({ name, bytes, allocatedBytes: allocated, digest }) => ({
      name,
      bytes,
      allocatedBytes: allocated,
      digest,
    })),
    directory,
    allocatedBytes,
    usedBy: [...usedBy],
    ...(refused === undefined ? {} : { refused: { ...refused } }),
  };
}

export function templateListTable(templates: readonly TemplateFacts[], now: number): string {
  const rows = [...templates]
    .sort((a, b) => compareNames(a.template.name, b.template.name))
    .map(({ template, usedBy, allocatedBytes, refused }) => [
      template.name,
      refused === undefined ? 'ready' : refused.code.replace('template.', ''),
      template.plan.image.value.id,
      template.plan.arch,
      formatMib(template.plan.memoryMib.value),
      formatBytes(allocatedBytes),
      formatAge(now - template.createdAt),
      usedBy.length === 0 ? '-' : usedBy.join(', '),
    ]);
  const columns = [
    { title: 'NAME' },
    { title: 'STATE' },
    { title: 'IMAGE' },
    { title: 'ARCH' },
    { title: 'MEMORY', align: 'right' },
    { title: 'SIZE', align: 'right' },
    { title: 'AGE', align: 'right' },
    { title: 'USED BY' },
  ] as const;
  return textTable(columns, rows);
}

/** The whole page of `template show`. */
export function templateText(
  { template, directory, usedBy, allocatedBytes, refused }: TemplateFacts,
  now: number,
): string {
  const { plan, from, guest } = template;
  const origin = from.kind === 'booted' ? 'a VM that was booted for it' : `VM ${from.vm}`;
  const made = template.automatic ? `${origin}, by --warm` : origin;
  const head = labelledLines([
    ['name', template.name],
    ['state', refused === undefined ? 'ready to be forked' : `${refused.message} [${refused.code}]`],
    ['made', `${formatTime(template.createdAt)} (${formatAge(now - template.createdAt)} ago) from ${made}`],
    ['image', `${plan.image.value.id} for ${plan.arch}`],
    [
      'machine',
      `${plan.accelerator.value}, ${plan.cpus.value} vCPU, ${formatMib(plan.memoryMib.value)}, disk ${plan.diskGib.value} GiB, QEMU ${plan.qemu.version}`,
    ],
    ['services', guest.services.length === 0 ? undefined : guest.services.join(', ')],
    ['used by', usedBy.length === 0 ? 'nobody' : usedBy.join(', ')],
    ['directory', `${directory} (${formatBytes(allocatedBytes)})`],
  ]);
  const parts = textTable(
    [{ title: 'PART' }, { title: 'SIZE', align: 'right' }, { title: 'ON DISK', align: 'right' }, { title: 'DIGEST' }],
    template.parts.map((part) => [
      part.name,
      formatBytes(part.bytes),
      formatBytes(part.allocatedBytes),
      `${part.digest.slice(0, 23)}…`,
    ]),
  );
  return `${head}\n${parts}`;
}
