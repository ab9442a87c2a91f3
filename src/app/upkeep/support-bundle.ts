import type { Call } from '../../core/engine.ts';
import type { VmRecord } from '../../core/ports/vm-store.ts';
import { redactSecrets } from '../../core/view/redact.ts';
import type { Dependencies } from '../dependencies.ts';
import { runDirectoryOf } from '../vm/session.ts';
import { findVm } from '../vm/with-vm.ts';
import { doctor } from './doctor.ts';

/** Plan, events, console, QEMU's words and versions in one file for a bug report; keys never enter it. */
export async function supportBundle(
  deps: Dependencies,
  call: Call,
  path: string,
  vm: string | undefined,
): Promise<{ readonly path: string; readonly files: readonly string[] }> {
  const inspection = await deps.inspection();
  const records = vm === undefined ? (await deps.store.list()).vms : [await findVm(deps, vm)];
  const files: { name: string; content: string }[] = [
    { name: 'versions.json', content: json(await inspection.versions()) },
    { name: 'doctor.json', content: json(await doctor(deps, call, { refresh: false })) },
    { name: 'config.yaml', content: (await deps.files.read(`${deps.directories.workspace}/config.yaml`)) ?? '' },
    { name: 'leases.json', content: json(await (await deps.leases()).list()) },
  ];
  for (const record of records) files.push(...(await vmFiles(deps, record)));
  const redacted = files.map(({ name, content }) => ({ name, content: redactSecrets(content) }));
  await inspection.writeBundle(path, redacted);
  return { path, files: redacted.map((file) => file.name) };
}

async function vmFiles(deps: Dependencies, record: VmRecord): Promise<readonly { name: string; content: string }[]> {
  const { directory, recorded, identity } = record;
  const base = `vms/${identity.name}`;
  const named = ['vm.json', 'plan.json', 'resources.json', 'state.json', 'events.jsonl'].map((name) => ({
    name: `${base}/${name}`,
    path: `${directory}/${name}`,
  }));
  const run = recorded.runId ? runDirectoryOf(directory, recorded.runId) : undefined;
  const logs = run
    ? ['console.log', 'qemu.log'].map((name) => ({ name: `${base}/${name}`, path: `${run}/${name}` }))
    : [];
  const contents: { name: string; content: string }[] = [];
  for (const { name, path } of named) contents.push({ name, content: (await deps.files.read(path)) ?? '' });
  for (const { name, path } of logs) contents.push({ name, content: (await deps.files.tail(path, 4_000)).join('\n') });
  return contents;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
