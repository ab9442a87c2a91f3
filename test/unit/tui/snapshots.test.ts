import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/core/engine.ts';
import { bootStart, readyVm } from '../../support/snapshots.ts';
import { loaded, tuiSession } from '../../support/tui-session.tsx';
import { fleetOfFour } from '../../support/tui-worlds.ts';

const world = { vms: loaded(fleetOfFour) };
const two = [
  { name: 'before', createdAt: bootStart, memory: true, memoryBytes: 3 * 1024 ** 2 },
  { name: 'fresh', createdAt: bootStart + 1000, memory: false },
];

function sessionWith(found: typeof two) {
  const asked: unknown[] = [];
  const snapshots: Engine['snapshots'] = {
    list: async () => found,
    create: async (_, name) => ({ name, createdAt: bootStart, memory: false }),
    restore: async (...[name, snapshot, options]) => {
      asked.push(['restore', name, snapshot, options]);
      return { outcome: 'accepted', vm: readyVm() };
    },
    delete: async (name, snapshot) => {
      asked.push(['delete', name, snapshot]);
      return [];
    },
  };
  return { asked, session: tuiSession({ world, engine: { snapshots } }) };
}

describe('snapshots', () => {
  it('one is chosen among those that are there, and the VM goes back to it', async () => {
    const { session, asked } = sessionWith(two);
    session.press('u');
    await session.settled();
    expect(session.frame()).toContain('Go back to which snapshot? What build is now is lost');
    expect(session.frame()).toContain('before  2026-01-02T03:04:05.000Z  disk and memory, 3 MiB');
    session.press('up', 'down', 'down', 'enter');
    await session.settled();
    expect(asked).toEqual([['restore', 'build', 'fresh', { restart: true }]]);
    expect(session.frame()).toContain('✓ restore fresh of build');
  });

  it('Esc leaves all as it is', async () => {
    const { session, asked } = sessionWith(two);
    session.press('U');
    await session.settled();
    expect(session.frame()).toContain('Delete which snapshot of build?');
    expect(session.frame()).toContain('Enter take it  Esc never mind');
    session.press('esc');
    expect(session.frame()).not.toContain('Delete which');
    session.press('enter');
    await session.settled();
    expect(asked).toEqual([]);
  });

  it('one is deleted', async () => {
    const { session, asked } = sessionWith(two);
    session.press('U');
    await session.settled();
    session.press('enter');
    await session.settled();
    expect(asked).toEqual([['delete', 'build', 'before']]);
    expect(session.told).toContain('refresh snapshots');
  });

  it('without any the way to the first one is told', async () => {
    const { session } = sessionWith([]);
    session.press('u');
    await session.settled();
    expect(session.frame()).toContain('build has no snapshot; p takes one');
  });
});
