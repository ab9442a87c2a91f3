import { describe, expect, it } from 'vitest';
import type { VmTab } from '../../../src/tui/state/app-state.ts';
import { emptyLines } from '../../../src/tui/state/line-view.ts';
import { notAsked } from '../../../src/tui/state/loaded.ts';
import { compareFrame } from '../../support/golden-frame.ts';
import { bootStart } from '../../support/snapshots.ts';
import { loaded, tuiSession } from '../../support/tui-session.tsx';
import { eventAt, fleetOfFour, twoImages, usageOfFour } from '../../support/tui-worlds.ts';

const widths = [60, 100, 200] as const;
const world = {
  vms: loaded(fleetOfFour),
  usage: usageOfFour,
  events: new Map([['vm-0001', [eventAt(1, 'vm_created'), eventAt(2, 'vm_started'), eventAt(3, 'vm_ready')]]]),
  images: loaded(twoImages),
  doctor: loaded({
    findings: [
      {
        id: 'accelerator',
        status: 'warning' as const,
        summary: 'no acceleration',
        remedy: 'run it on a host with KVM',
      },
      { id: 'tools', status: 'ok' as const, summary: 'every tool is there' },
    ],
  }),
  templates: loaded([]),
  pools: loaded([]),
};
const detail = {
  vmId: 'vm-0001',
  console: { ...emptyLines, lines: Array.from({ length: 60 }, (_, index) => `[    ${index}.0] line ${index}`) },
  logs: emptyLines,
  logSource: 'qemu' as const,
  plan: notAsked,
  snapshots: loaded([
    { name: 'before', createdAt: bootStart + 60_000, memory: true, memoryBytes: 134 * 1024 ** 2 },
    { name: 'fresh', createdAt: bootStart + 90_000, memory: false },
  ]),
  metrics: notAsked,
};

function noLineIsTooLong(frame: string, columns: number, rows: number): void {
  const lines = frame.split('\n');
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
  expect(lines.length).toBeLessThanOrEqual(rows);
}

describe.each(widths)('at %i columns', (columns) => {
  const at = (rows = 24) => tuiSession({ columns, rows, world });

  it('the fleet', () => {
    const frame = at().frame();
    noLineIsTooLong(frame, columns, 24);
    compareFrame(`fleet-${columns}`, frame);
  });

  it.each([
    ['2', 'images'],
    ['3', 'templates'],
    ['4', 'doctor'],
    ['?', 'help'],
    [':', 'palette'],
    ['n', 'create'],
    ['D', 'destroy'],
  ])('key %s: %s', (key, name) => {
    const session = at();
    session.press(key);
    noLineIsTooLong(session.frame(), columns, 24);
    compareFrame(`${name}-${columns}`, session.frame());
  });

  it.each([
    ['boot', 'vm-0001'],
    ['resources', 'vm-0001'],
    ['events', 'vm-0001'],
    ['console', 'vm-0001'],
    ['failure', 'vm-0003'],
    ['boot', 'vm-0004'],
  ] as const)('one VM: %s of %s', (tab: VmTab, vm) => {
    const session = at(40);
    session.store.set((state) => ({
      ...state,
      ...{ screen: 'vm', vm, tab },
      world: { ...state.world, detail },
    }));
    noLineIsTooLong(session.frame(), columns, 40);
    compareFrame(`${vm}-${tab}-${columns}`, session.frame());
  });
});

describe('the look', () => {
  it('with ASCII signs has no other', () => {
    const session = tuiSession({ world, ascii: true });
    expect(session.frame()).toMatch(/^[\x20-\x7e\n]*$/);
    session.press('enter');
    expect(session.frame()).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('a terminal that is too small is told what it needs', () => {
    expect(tuiSession({ world, columns: 30, rows: 24 }).frame()).toContain('needs 40 columns');
    expect(tuiSession({ world, columns: 100, rows: 6 }).frame()).toContain('10 rows');
  });

  it.each([10, 12, 24, 60])('fits into %i rows whatever runs', async (rows) => {
    const session = tuiSession({ world, rows, columns: 80 });
    for (let index = 0; index < 5; index += 1)
      session.app.tasks.start({ title: `work ${index}`, run: () => new Promise(() => undefined) });
    noLineIsTooLong(session.frame(), 80, rows);
    session.press('t');
    noLineIsTooLong(session.frame(), 80, rows);
  });

  it('two hundred VMs: the cursor is always seen', () => {
    const vms = Array.from({ length: 200 }, (_, index) => ({
      ...fleetOfFour[0],
      id: `vm-${index}`,
      name: `many-${index}`,
    }));
    const session = tuiSession({ world: { ...world, vms: loaded(vms as never) } });
    for (const key of ['G', 'pageup', 'pageup', 'k', 'pagedown', 'g', 'pagedown']) {
      session.press(key);
      expect(session.frame()).toContain('▸');
    }
  });
});
