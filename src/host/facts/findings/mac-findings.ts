import type { Finding } from '../../../core/engine.ts';
import type { GuestArch } from '../../../core/host-facts.ts';
import type { ProcessRunner } from '../../../core/ports/process-runner.ts';
import { quoteForShell } from '../../../core/ssh/shell-quoting.ts';
import { ok, warning } from './finding-text.ts';

type Runner = Pick<ProcessRunner, 'run' | 'which'>;

/** Whether macOS offers Hypervisor.framework, and whether QEMU is signed as it must be to use it. */
export async function macFindings(runner: Runner, arch: GuestArch, signal?: AbortSignal): Promise<readonly Finding[]> {
  return Promise.all([framework(runner, signal), entitlement(runner, arch, signal)]);
}

async function framework(runner: Runner, signal?: AbortSignal): Promise<Finding> {
  const id = 'hypervisor-framework';
  const answer = await said(runner, 'sysctl', ['-n', 'kern.hv_support'], signal);
  if (answer?.trim() === '1') return ok(id, 'Hypervisor.framework is available');
  if (answer?.trim() === '0')
    return warning(
      id,
      'Hypervisor.framework is not available here (kern.hv_support is 0), as in most macOS VMs; guests are emulated',
      'Run on a Mac itself, or on an M3 or later as a VM with nested virtualisation.',
    );
  return warning(id, 'whether Hypervisor.framework is available cannot be told', 'sysctl -n kern.hv_support');
}

async function entitlement(runner: Runner, arch: GuestArch, signal?: AbortSignal): Promise<Finding> {
  const id = 'qemu-entitlement';
  const qemu = await runner.which(`qemu-system-${arch}`);
  if (qemu === undefined) return warning(id, `qemu-system-${arch} is not installed`, 'sysmonvm host-setup');
  const args = ['-d', '--entitlements', '-', '--xml', qemu];
  const plist = await said(runner, 'codesign', args, signal);
  if (plist === undefined)
    return warning(id, `the signature of ${qemu} cannot be read`, `codesign ${args.map(quoteForShell).join(' ')}`);
  if (/<key>com\.apple\.security\.hypervisor<\/key>\s*<true\s*\/>/.test(plist))
    return ok(id, `${qemu} is entitled to Hypervisor.framework`);
  return warning(
    id,
    `${qemu} lacks the entitlement com.apple.security.hypervisor; guests are emulated`,
    `brew reinstall qemu   # or: codesign -s - --entitlements FILE --force ${quoteForShell(qemu)}`,
  );
}

async function said(
  runner: Runner,
  tool: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  if ((await runner.which(tool)) === undefined) return undefined;
  const { exitCode, stdout } = await runner.run(tool, args, {
    acceptExitCodes: 'any',
    ...(signal === undefined ? {} : { signal }),
  });
  return exitCode === 0 ? stdout : undefined;
}
