import { describe, expect, it } from 'vitest';
import { printable } from '../../../src/core/view/printable.ts';
import { emptyProgress, reduceProgress, transferRate } from '../../../src/core/view/progress-state.ts';
import { labelledLines, textTable } from '../../../src/core/view/text-table.ts';
import { formatAge } from '../../../src/core/view/times.ts';
import { vmListTable } from '../../../src/core/view/vm-list-table.ts';
import { vmStatusText } from '../../../src/core/view/vm-status-text.ts';
import { readyVm } from '../../support/snapshots.ts';

describe('printable', () => {
  it.each([
    ['\u001b[2J\u001b[1;1Hlogin:', 'login:'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001bPq...\u001b\\text', 'text'],
    ['\u001b(Btext\u001b=', 'text'],
    ['bell\u0007 back\b cr\r nul\u0000 c1\u009b31m', 'bell back cr nul c131m'],
    ['tab\tstays, so does Grüße ✓', 'tab\tstays, so does Grüße ✓'],
  ])('%j', (line, text) => {
    expect(printable(line)).toBe(text);
  });
});

describe('tables', () => {
  it('align, without trailing blanks', () => {
    const table = textTable(
      [{ title: 'A' }, { title: 'N', align: 'right' }, { title: 'Z' }],
      [
        ['long', '1', ''],
        ['x', '100', 'y'],
      ],
    );
    expect(table).toBe('A       N  Z\nlong    1\nx     100  y\n');
  });
  it('leave out what is not known', () => {
    expect(
      labelledLines([
        ['a', '1'],
        ['long', undefined],
        ['bb', '2'],
      ]),
    ).toBe('a   1\nbb  2\n');
  });
  it('tell an age in one unit', () => {
    expect([5e3, 65e3, 7.3e6, 2e8, -5].map(formatAge)).toEqual(['5s', '1m', '2h', '2d', '0s']);
  });
});

describe('memory that a VM holds', () => {
  const memory = { residentBytes: 90 * 1024 ** 2, privateBytes: 12 * 1024 ** 2 };
  const stopped = readyVm({ name: 'a', state: 'stopped', summary: 'stopped' });
  it('is in the list, and a dash for what does not run or is not known', () => {
    const vms = [readyVm({ memory }), stopped, readyVm({ name: 'mac', memory: { residentBytes: 1024 ** 3 } })];
    const cells = vmListTable(vms, 0)
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(7, 10).join('|'));
    expect(cells.slice(0, 4)).toEqual(['MEMORY|RSS|PRIVATE', '2 GiB|-|-', '2 GiB|90 MiB|12 MiB', '2 GiB|1 GiB|-']);
  });
  it('is on the page of a VM that runs', () => {
    expect(vmStatusText(readyVm({ memory }))).toContain('memory     90 MiB resident, 12 MiB of it private\n');
    expect(vmStatusText(stopped)).not.toMatch(/^memory/m);
  });
});

describe('vm-status page', () => {
  it('shows last exit with what is known of it', () => {
    const exit = { at: 0, reason: 'unknown' as const };
    const text = vmStatusText(
      readyVm({
        state: 'stopped',
        summary: 'stopped (host rebooted)',
        lastExit: exit,
        difference: 'exited, not yet recorded',
      }),
    );
    expect(text).toContain('state       stopped (host rebooted)\n');
    expect(text).toContain('difference  exited, not yet recorded\n');
    expect(text).toContain('unknown at 1970-01-01T00:00:00.000Z, exit status unknown\n');
    expect(text).toContain('last boot (12.4s to ready)\n');
    expect(text).toContain('warnings\n  emulation instead of acceleration: no /dev/kvm\n');
  });
});

describe('progress state', () => {
  it('finishes a step that runs and forgets its transfer', () => {
    let state = reduceProgress(emptyProgress, { kind: 'step', step: 'fetch', state: 'running' }, 0);
    state = reduceProgress(state, { kind: 'bytes', what: 'image', done: 10, total: 100 }, 10);
    state = reduceProgress(state, { kind: 'bytes', what: 'image', done: 60, total: 100 }, 1010);
    expect(state.transfer).toMatchObject({ done: 60, startedAt: 10 });
    expect(state.transfer && transferRate(state.transfer, 1010)).toBe(60);
    expect(state.transfer && transferRate(state.transfer, 20)).toBeUndefined();
    state = reduceProgress(state, { kind: 'step', step: 'fetch', state: 'done', detail: 'ok' }, 2000);
    expect(state.steps).toEqual([{ step: 'fetch', state: 'done', startedAt: 0, endedAt: 2000, detail: 'ok' }]);
    expect(state.transfer).toBeUndefined();
  });
  it('keeps the last lines of the console only, without control characters', () => {
    let state = emptyProgress;
    for (let i = 0; i < 9; i += 1) state = reduceProgress(state, { kind: 'console', line: `\u001b[1m${i}\r` }, i);
    state = reduceProgress(state, { kind: 'console', line: '\u001b[K' }, 10);
    expect(state.consoleLines).toEqual(['4', '5', '6', '7', '8']);
  });
});
