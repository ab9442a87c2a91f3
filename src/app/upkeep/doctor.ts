import type { Call, DoctorOptions, DoctorReport, Finding } from '../../core/engine.ts';
import type { AcceleratorVerdict } from '../../core/ports/host-facts-source.ts';
import type { ToolFinding } from '../../core/ports/tool-installer.ts';
import type { Dependencies } from '../dependencies.ts';
import { type WarmVerdict, warmVerdict } from '../machine/warm-verdict.ts';
import { snapshotOf } from '../vm/snapshot.ts';

export async function doctor(deps: Dependencies, call: Call, options: DoctorOptions): Promise<DoctorReport> {
  const { only, refresh } = options;
  const asked = (part: Part): boolean => only === undefined || partOf(only) === part;
  const [installer, facts, inspection] = await Promise.all([deps.installer(), deps.facts(), deps.inspection()]);
  const tools = asked('tools') ? (await installer.inspect(call.signal)).map(fromTool) : [];
  const verdict = asked('acceleration')
    ? await facts.probeAccelerator(deps.hostArch, { refresh, signal: call.signal })
    : undefined;
  const acceleration = asked('acceleration') ? [fromVerdict(verdict)] : [];
  const warm = asked('warm-start') ? fromWarm(await warmVerdict(deps, call, options)) : [];
  const host = asked('host') ? await inspection.findings(deps.directories.workspace, call.signal) : [];
  const vms = asked('vms') ? await vmFindings(deps) : [];
  return {
    findings: [...tools, ...acceleration, ...warm, ...host, ...vms].filter(
      ({ id }) => only === undefined || id === only,
    ),
    ...(verdict ? { accelerator: verdict } : {}),
  };
}

type Part = 'tools' | 'acceleration' | 'warm-start' | 'host' | 'vms';

/** What has to be looked at for a finding. */
function partOf(id: string): Part {
  if (id === 'acceleration' || id === 'warm-start') return id;
  if (id.startsWith('tool.')) return 'tools';
  return id.startsWith('vm.') ? 'vms' : 'host';
}

function fromTool(tool: ToolFinding): Finding {
  const id = `tool.${tool.tool}`;
  const version = tool.version === undefined ? '' : ` ${tool.version}`;
  const note = tool.note === undefined ? '' : `; ${tool.note}`;
  if (tool.status === 'present') return { id, status: 'ok', summary: `${tool.tool}${version}${note}` };
  const problem =
    tool.status === 'missing'
      ? 'is missing'
      : tool.status === 'too-old'
        ? `is too old (${tool.minimumVersion ?? 'a newer one'} is needed)`
        : 'is known not to work here';
  return {
    id,
    status: tool.required ? 'problem' : 'warning',
    summary: `${tool.tool}${version} ${problem}: it ${tool.neededFor}${note}`,
    remedy: tool.package === undefined ? 'sysmonvm host-setup' : `sysmonvm host-setup   # installs ${tool.package}`,
  };
}

function fromVerdict(verdict: AcceleratorVerdict | undefined): Finding {
  const id = 'acceleration';
  if (!verdict)
    return {
      id,
      status: 'warning',
      summary: 'this host offers no hardware acceleration; guests are emulated, 10 to 50 times slower',
    };
  if (verdict.usable) return { id, status: 'ok', summary: `${verdict.accelerator} works: guest code of ours answered` };
  return {
    id,
    status: 'warning',
    summary: `${verdict.accelerator} cannot be used: ${verdict.reason.replace(/\.$/, '')}; guests are emulated`,
    ...(verdict.remedy === undefined ? {} : { remedy: verdict.remedy }),
  };
}

/** Without a QEMU the missing tool is the finding. */
function fromWarm(verdict: WarmVerdict | undefined): readonly Finding[] {
  if (!verdict) return [];
  const id = 'warm-start';
  const { qemuVersion, accelerator, reason } = verdict;
  if (verdict.works)
    return [
      {
        id,
        status: 'ok',
        summary: `QEMU ${qemuVersion} under ${accelerator} froze a machine and restored it from its memory file`,
      },
    ];
  return [
    {
      id,
      status: 'warning',
      summary: `templates cannot be forked here (QEMU ${qemuVersion} under ${accelerator}): ${reason}`,
      remedy: 'sysmonvm doctor --refresh   # tries again; VMs that boot are not concerned',
    },
  ];
}

async function vmFindings(deps: Dependencies): Promise<readonly Finding[]> {
  const { vms, broken } = await deps.store.list();
  const findings: Finding[] = broken.map((vm) => ({
    id: `vm.${vm.id}`,
    status: 'problem',
    summary: `the record of a VM cannot be read: ${vm.problem} (${vm.directory})`,
    remedy: 'sysmonvm vm-gc',
  }));
  for (const vm of vms) {
    const { name, difference, summary } = await snapshotOf(deps, vm);
    if (difference)
      findings.push({
        id: `vm.${name}`,
        status: 'warning',
        summary: `VM ${name}: ${summary}`,
        remedy: `sysmonvm vm-status ${name}`,
      });
  }
  return findings;
}
