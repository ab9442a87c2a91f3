import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { MachineFeatures } from '../../core/template/template.ts';

interface SchemaEntry {
  readonly 'meta-type': string;
  readonly members?: readonly { readonly name: string }[];
}

/** What this QEMU offers, by its own answers: versions say little about a QEMU that a distribution has patched. */
export async function probeFeatures(qmp: QmpSession): Promise<MachineFeatures> {
  const version = await qmp.execute<{ qemu: { major: number; minor: number; micro: number } }>('query-version');
  const properties = await qmp.execute<readonly { name: string }[]>('qom-list-properties', {
    typename: 'memory-backend-file',
  });
  const { major, minor, micro } = version.qemu;
  return {
    qemuVersion: `${major}.${minor}.${micro}`,
    fileTransport: await knowsFileAddresses(qmp),
    readOnlyRam: properties.some(({ name }) => name === 'rom'),
    mappedRam: (await capabilities(qmp)).has('mapped-ram'),
  };
}

async function capabilities(qmp: QmpSession): Promise<ReadonlySet<string>> {
  const answer = await qmp.execute<readonly { capability: string }[]>('query-migrate-capabilities');
  return new Set(answer.map(({ capability }) => capability));
}

/** Names of types are hidden in the schema: the list of address types is the one with both `exec` and `rdma`. */
async function knowsFileAddresses(qmp: QmpSession): Promise<boolean> {
  const schema = await qmp.execute<readonly SchemaEntry[]>('query-qmp-schema');
  return schema.some(({ 'meta-type': kind, members }) => {
    const names = new Set(kind === 'enum' ? members?.map(({ name }) => name) : []);
    return names.has('exec') && names.has('socket') && names.has('file');
  });
}
