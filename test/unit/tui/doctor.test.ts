import { describe, expect, it } from 'vitest';
import type { DoctorOptions, Finding } from '../../../src/core/engine.ts';
import { loaded, tuiSession } from '../../support/tui-session.tsx';

const missing: Finding = {
  id: 'tool.ssh',
  status: 'problem',
  summary: 'ssh is missing',
  remedy: 'sysmonvm host-setup',
};
const there: Finding = { id: 'tool.ssh', status: 'ok', summary: 'ssh 9.2' };
const findings: readonly Finding[] = [
  { id: 'tool.qemu-img', status: 'ok', summary: 'qemu-img 7.2' },
  missing,
  { id: 'vm.build', status: 'warning', summary: 'VM build: exited, not yet recorded' },
];

function sessionOf(answers: Readonly<Record<string, readonly Finding[]>>) {
  const asked: DoctorOptions[] = [];
  const session = tuiSession({
    world: { doctor: loaded({ findings }) },
    engine: {
      doctor: async (options) => {
        asked.push(options);
        return { findings: answers[options.only ?? ''] ?? [] };
      },
    },
  });
  session.press('4', 'down');
  return { session, asked };
}

describe('the finding under the cursor', () => {
  it('is looked for again alone, and stands where it stood', async () => {
    const { session, asked } = sessionOf({ 'tool.ssh': [there] });
    expect(session.frame()).toContain('ssh is missing');
    session.press('enter');
    await session.settled();
    expect(asked).toEqual([{ refresh: true, only: 'tool.ssh' }]);
    expect(session.store.get().world.doctor.value?.findings).toEqual([findings[0], there, findings[2]]);
    expect(session.frame()).toContain('✓ look for tool.ssh again');
  });

  it('goes when it is not found any more', async () => {
    const { session } = sessionOf({});
    session.press('down', 'enter');
    await session.settled();
    expect(session.store.get().world.doctor.value?.findings).toEqual(findings.slice(0, 2));
    expect(session.frame()).toContain('there is no such finding any more');
  });
});
