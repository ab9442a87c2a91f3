import { explainProbe, type ProbeRun } from '../../core/facts/accelerator-probe.ts';
import { explainKvmDevice, type KvmDevice } from '../../core/facts/kvm-access.ts';
import type { GuestArch, QemuFacts } from '../../core/host-facts.ts';
import type { AcceleratorVerdict } from '../../core/ports/host-facts-source.ts';
import type { JsonCache } from './json-cache.ts';

type Answer = Pick<AcceleratorVerdict, 'usable' | 'reason' | 'remedy'>;
interface Remembered extends Answer {
  /** Epoch milliseconds; a verdict from silence is asked again, the host may have been busy. */
  readonly until?: number;
}

export interface VerdictRequest {
  readonly arch: GuestArch;
  readonly qemu: QemuFacts | undefined;
  readonly release: string;
  readonly cpuModel: string;
  readonly refresh: boolean;
}

export interface VerdictDeps {
  readonly platform: 'linux' | 'darwin';
  readonly cache: JsonCache;
  readonly bootId: () => Promise<string>;
  readonly lookAtKvm: () => Promise<KvmDevice>;
  /** `sysctl -n kern.hv_support`; undefined: no answer. */
  readonly hvSupport: () => Promise<string | undefined>;
  /** Whether the binary is entitled to the hypervisor; undefined: cannot be told. */
  readonly entitled: (path: string) => Promise<boolean | undefined>;
  readonly launch: (qemuPath: string, arch: GuestArch, accelerator: 'kvm' | 'hvf') => Promise<ProbeRun>;
  readonly now: () => number;
}

const silenceMs = 10 * 60_000;

/** Looks first at what can be told without a guest (never cached), then launches one. */
export async function acceleratorVerdict(deps: VerdictDeps, request: VerdictRequest): Promise<AcceleratorVerdict> {
  const started = deps.now();
  const accelerator = deps.platform === 'darwin' ? 'hvf' : 'kvm';
  const verdict = (answer: Answer, cached: boolean): AcceleratorVerdict => ({
    accelerator,
    usable: answer.usable,
    reason: answer.reason,
    ...(answer.remedy === undefined ? {} : { remedy: answer.remedy }),
    cached,
    tookMs: deps.now() - started,
  });

  const obstacle = await findObstacle(deps, request);
  if (obstacle !== undefined) return verdict({ usable: false, ...obstacle }, false);
  const { qemu, arch } = request;
  if (qemu === undefined) {
    const reason = `qemu-system-${arch} is not installed, so acceleration could not be tried`;
    return verdict({ usable: false, reason, remedy: 'sysmonvm host-setup' }, false);
  }
  const name = `accelerator-${accelerator}-${arch}`;
  const key = [qemu.digest, request.release, request.cpuModel, await deps.bootId()].join('|');
  const known = request.refresh ? undefined : await deps.cache.read<Remembered>(name, key);
  if (known !== undefined && (known.until === undefined || known.until > deps.now())) return verdict(known, true);

  const run = await deps.launch(qemu.path, arch, accelerator);
  const answer = run.answered ? answered(deps.now() - started) : await silent(deps, accelerator, qemu, run);
  await deps.cache.write(name, key, answer);
  return verdict(answer, false);
}

async function findObstacle(deps: VerdictDeps, { arch }: VerdictRequest) {
  if (deps.platform === 'linux') return explainKvmDevice(await deps.lookAtKvm());
  const support = (await deps.hvSupport())?.trim();
  if (support !== '0') return undefined;
  return {
    reason: `macOS offers no Hypervisor.framework here (kern.hv_support is 0), so ${arch} guests cannot be accelerated; a Mac inside a VM, as hosted CI runners are, has none`,
    remedy: 'Run on the Mac itself; in hosted CI choose a Linux runner with KVM.',
  };
}

function answered(tookMs: number): Remembered {
  return { usable: true, reason: `64-bit guest code of ours answered within ${tookMs} ms` };
}

async function silent(
  deps: VerdictDeps,
  accelerator: 'kvm' | 'hvf',
  qemu: QemuFacts,
  run: ProbeRun,
): Promise<Remembered> {
  const { reason, remedy, certain } = explainProbe(accelerator, run);
  const until = certain ? {} : { until: deps.now() + silenceMs };
  if (accelerator === 'hvf' && (await deps.entitled(qemu.path)) === false) {
    return {
      usable: false,
      reason: `${reason} ${qemu.path} lacks the entitlement com.apple.security.hypervisor.`,
      remedy: `brew reinstall qemu   # or: codesign -s - --entitlements FILE --force ${qemu.path}`,
      ...until,
    };
  }
  return { usable: false, reason, ...(remedy === undefined ? {} : { remedy }), ...until };
}
