import { PassThrough } from 'node:stream';
import { render } from 'ink-testing-library';
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/core/engine.ts';
import { emptyProgress, reduceProgress } from '../../../src/core/view/progress-state.ts';
import { TransferBar } from '../../../src/ink/progress-bar.tsx';
import { openProgressScreen } from '../../../src/ink/progress-screen.tsx';
import { ProgressView } from '../../../src/ink/progress-view.tsx';
import { Waterfall } from '../../../src/ink/waterfall.tsx';
import { bootMarks, bootStart, markAt } from '../../support/snapshots.ts';

const events: readonly Progress[] = [
  { kind: 'step', step: 'overlay', state: 'done', detail: '40 GiB' },
  { kind: 'step', step: 'boot', state: 'running' },
  ...bootMarks.slice(0, 4).map((mark): Progress => ({ kind: 'mark', mark, startedAt: bootStart })),
  { kind: 'console', line: '[    1.0] Linux' },
  { kind: 'waiting', probe: 'ssh banner', answer: 'connection refused' },
  { kind: 'notice', level: 'warning', text: 'emulated' },
];
const state = events.reduce((before, event) => reduceProgress(before, event, bootStart), emptyProgress);
const view = { state, now: bootStart + 5000, columns: 80, color: false };

describe('ProgressView', () => {
  it('shows steps, the boot as a waterfall with elapsed time, the answer waited for, and the console', () => {
    const frame = render(<ProgressView {...view} ended={false} />).lastFrame() ?? '';
    expect(frame).toContain('✓ overlay  40 GiB');
    expect(frame).toContain('• boot  5s');
    expect(frame).toMatch(/kernel +█+ +4s/);
    expect(frame).toContain('booting for 5s, ssh banner: connection refused');
    expect(frame).toMatch(/│\[ {4}1\.0\] Linux/);
    expect(frame).toContain('warning: emulated');
  });
  it('leaves out what moves once it has ended', () => {
    const frame = render(<ProgressView {...view} ended />).lastFrame() ?? '';
    expect(frame).not.toContain('booting for');
    expect(frame).not.toContain('Linux');
    expect(frame).toMatch(/kernel +█+ +4s/);
  });
});

describe('Waterfall', () => {
  it('puts each bar where its time was spent', () => {
    const frame = render(<Waterfall marks={bootMarks} columns={20} color={false} />).lastFrame() ?? '';
    expect(frame.split('\n').slice(3)).toEqual([
      'kernel        █████                    4s',
      'init               ████                6s',
      'SSH answers            █████           9s',
      'ready                       █████   12.4s',
    ]);
  });
  it('shows nothing without marks and one cell for one mark', () => {
    expect(render(<Waterfall marks={[]} columns={20} color={false} />).lastFrame()).toBe('');
    expect(render(<Waterfall marks={[markAt('kernel', 3)]} columns={5} color={false} />).lastFrame()).toMatch(
      /^kernel █/,
    );
  });
});

describe('TransferBar', () => {
  const transfer = { what: 'debian-12', done: 50 * 1024, startedAt: 0 };
  it('has a bar when the total is known', () => {
    const frame = render(
      <TransferBar transfer={{ ...transfer, total: 100 * 1024 }} now={1000} columns={10} color={false} />,
    ).lastFrame();
    expect(frame).toBe('debian-12 █████░░░░░ 50 % of 100 KiB, 50 KiB/s');
  });
  it('has none when it is not', () => {
    expect(render(<TransferBar transfer={transfer} now={100} columns={10} color={false} />).lastFrame()).toBe(
      'debian-12 50 KiB',
    );
  });
});

describe('openProgressScreen', () => {
  it('draws on the stream it is given and gives the terminal back with the cursor shown', async () => {
    const parts: string[] = [];
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    stream.on('data', (chunk: Buffer) => parts.push(chunk.toString()));
    const screen = openProgressScreen({ stream, now: () => bootStart + 5000, color: false });
    for (const event of events) screen.report(event);
    await screen.end();
    const text = parts.join('');
    expect(text).toContain('✓ overlay  40 GiB');
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
  });
});
