import type { Call } from '../../core/engine.ts';
import type { PoolRecord } from '../../core/ports/pool-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { execByAgent } from '../guest-agent/exec-by-agent.ts';
import { silentSink } from '../guest-agent/silent-sink.ts';
import { findTemplate } from '../template/find-template.ts';
import { createFork } from '../template/fork.ts';
import { captureInGuest } from '../vm/guest-access.ts';
import { pauseVm } from '../vm/pause-vm.ts';
import { startVm } from '../vm/start-vm.ts';
import { removeMember } from './remove-members.ts';

const warmUpMs = 120_000;

/**
 * A fork that was restored, has its identity and has answered once by each way, so that the code of an emulated guest
 * is translated; then it is paused. Its owner is this command until all of that is done.
 */
export async function addMember(deps: Dependencies, call: Call, pool: PoolRecord): Promise<void> {
  const template = await findTemplate(deps, pool.template);
  const name = `pool-${pool.template.slice(0, 40)}-${deps.randomHex(4)}`;
  const ssh = template.plan.ports.filter(({ purpose }) => purpose === 'ssh');
  const { vm } = await createFork(deps, call, pool.template, {
    name,
    ports: ssh.map(({ guest, purpose }) => ({ guest, purpose, strength: 'any' })),
    pool: { template: pool.template, expiresAt: deps.clock.now() + pool.ttlMs },
  });
  try {
    await startVm(deps, call, name, { wait: true });
    if (ssh.length > 0) await captureInGuest(deps, call, name, { command: ['true'] }, { timeoutMs: warmUpMs });
    if (template.guest.agent) {
      const streams = { stdout: silentSink(), stderr: silentSink() };
      await execByAgent(deps, call, name, { command: ['true'] }, streams, { timeoutMs: warmUpMs });
    }
    await pauseVm(deps, call, name);
    await complete(deps, call, vm.id, pool);
  } catch (error) {
    await removeMember(deps, call, vm.id);
    throw error;
  }
}

async function complete(deps: Dependencies, call: Call, id: string, pool: PoolRecord): Promise<void> {
  const lock = await deps.store.lock(id, 'complete a member', deps.clock.now() + 5_000, call.signal);
  try {
    const record = await deps.store.load(id);
    if (!record) throw new Error('a member vanished while it was made');
    const { owner: _, ...identity } = record.identity;
    const expiresAt = deps.clock.now() + pool.ttlMs;
    await deps.store.reidentify({ ...identity, pool: { template: pool.template, expiresAt } });
  } finally {
    await lock.release();
  }
}
