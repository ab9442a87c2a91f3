import type { Call } from '../../core/engine.ts';
import type { BootMark } from '../../core/vm/vm-state.ts';
import type { VmSession } from './session.ts';

export async function recordMark(session: VmSession, call: Call, mark: BootMark, startedAt: number): Promise<void> {
  await session.apply({ type: 'marked', mark });
  call.report({ kind: 'mark', mark, startedAt });
}
