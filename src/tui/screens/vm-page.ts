import { bootLanes } from '../../core/measure/boot/boot-lanes.ts';
import type { Choice, VmPlan } from '../../core/plan/vm-plan.ts';
import { formatDuration } from '../../core/units/duration.ts';
import { formatBytes } from '../../core/units/size.ts';
import { bootTimeline } from '../../core/view/boot-timeline.ts';
import { snapshotText } from '../../core/view/snapshot-text.ts';
import { formatTime } from '../../core/view/times.ts';
import { failureText, vmFactsText } from '../../core/view/vm-status-text.ts';
import { wrapLines } from '../../core/view/wrap-lines.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { VmSnapshotFacts } from '../../core/warm-operations.ts';
import { plain, type StyledLine, styled } from '../parts/styled-line.ts';
import { type AppState, vmOf } from '../state/app-state.ts';
import type { Loaded } from '../state/loaded.ts';
import { sparkline } from '../state/usage-history.ts';
import type { Glyphs } from '../terminal/glyphs.ts';
import { laneLines } from './lane-lines.ts';

const wrapped = (text: string, columns: number): readonly string[] =>
  wrapLines(text.replace(/\n$/, ''), columns).split('\n');

/** The part of a VM that is shown, as lines; console and logs are windows and not here. */
export function vmPage(state: AppState, glyphs: Glyphs): readonly StyledLine[] {
  const vm = vmOf(state);
  if (vm === undefined) return [plain('This VM is gone.')];
  const { columns } = state.size;
  switch (state.tab) {
    case 'boot':
      return bootPage(vm, state, glyphs);
    case 'resources':
      return [
        ...wrapped(vmFactsText(vm), columns).map(plain),
        ...snapshotLines(state.world.detail?.snapshots),
        ...usageLines(vm, state, glyphs),
      ];
    case 'events':
      return eventLines(vm, state);
    case 'plan':
      return loadedPage(state.world.detail?.plan, (plan) => planLines(plan, columns));
    case 'metrics':
      return metricLines(vm, state, glyphs);
    case 'failure':
      return failureLines(vm, state);
    default:
      return [];
  }
}

function bootPage(vm: VmSnapshot, { size, now }: AppState, glyphs: Glyphs): readonly StyledLine[] {
  const lanes = bootLanes(vm.marks, vm.guestBoot);
  const begun = vm.marks[0]?.at;
  if (begun === undefined) return [plain('It was never started. s starts it.')];
  const timeline = bootTimeline(vm.marks);
  const under = ['starting', 'booting', 'restoring'].includes(vm.state);
  const head = timeline?.complete
    ? styled(`ready after ${formatDuration(timeline.totalMs)}`, 'good')
    : under
      ? styled(`under way for ${formatDuration(Math.max(0, Math.round((now - begun) / 100) * 100))}`, 'busy')
      : styled(`did not become ready; ${vm.summary}`, 'bad');
  return [
    [...head, { text: `  started ${formatTime(begun)}`, meaning: 'quiet' }],
    plain(''),
    ...laneLines(lanes, size.columns, glyphs, under ? now - begun : undefined),
  ];
}

function snapshotLines(loaded: Loaded<readonly VmSnapshotFacts[]> | undefined): readonly StyledLine[] {
  const found = loaded?.value ?? [];
  if (found.length === 0) return [];
  return [plain(''), styled('snapshots', 'quiet'), ...found.map((one) => plain(`  ${snapshotText(one)}`))];
}

function usageLines(vm: VmSnapshot, { world, size }: AppState, glyphs: Glyphs): readonly StyledLine[] {
  const points = world.usage.get(vm.id)?.points ?? [];
  const last = points.at(-1);
  if (vm.pid === undefined || last === undefined) return [];
  const width = Math.max(10, Math.min(60, size.columns - 30));
  const row = (label: string, values: readonly (number | undefined)[], most: number, now: string): StyledLine => [
    { text: label.padEnd(11), meaning: 'quiet' },
    { text: sparkline(values, width, most, glyphs.spark), meaning: 'accent' },
    { text: `  ${now}` },
  ];
  return [
    plain(''),
    row(
      'CPU',
      points.map((point) => point.cpuPercent),
      vm.cpus * 100,
      last.cpuPercent === undefined ? '-' : `${last.cpuPercent.toFixed(1)} % of ${vm.cpus * 100} %`,
    ),
    row(
      'resident',
      points.map((point) => point.residentBytes),
      vm.memoryMib * 1024 * 1024,
      formatBytes(last.residentBytes),
    ),
  ];
}

/** The newest first: it is what one looks for. */
function eventLines(vm: VmSnapshot, { world }: AppState): readonly StyledLine[] {
  const events = world.events.get(vm.id) ?? [];
  if (events.length === 0) return [plain('No event yet.')];
  return events
    .toReversed()
    .map((event) => [
      { text: `${formatTime(event.timestamp).slice(11, 23)}  `, meaning: 'quiet' },
      { text: event.type.padEnd(20), meaning: event.type.includes('fail') ? 'bad' : 'accent' },
      { text: event.data === undefined ? '' : `  ${JSON.stringify(event.data)}` },
    ]);
}

function planLines(plan: VmPlan, columns: number): readonly StyledLine[] {
  const choices = Object.entries(plan).flatMap(([name, part]) => (isChoice(part) ? [[name, part] as const] : []));
  const width = Math.max(...choices.map(([name]) => name.length));
  return choices.flatMap(([name, { value, reason }]) => {
    const shown = typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
    const text = typeof shown === 'string' || typeof shown === 'number' ? String(shown) : JSON.stringify(shown);
    const [first = '', ...more] = wrapped(`${text}  ${reason}`, Math.max(20, columns - width - 2));
    return [
      [
        { text: `${name.padEnd(width)}  `, meaning: 'quiet' },
        { text: first.slice(0, text.length), meaning: 'title' },
        { text: first.slice(text.length) },
      ],
      ...more.map((line) => plain(`${' '.repeat(width + 2)}${line}`)),
    ] satisfies StyledLine[];
  });
}

const isChoice = (part: unknown): part is Choice<unknown> =>
  typeof part === 'object' && part !== null && 'value' in part && 'reason' in part;

function metricLines(vm: VmSnapshot, state: AppState, glyphs: Glyphs): readonly StyledLine[] {
  if (vm.state !== 'ready') return [plain('The guest is asked when it is ready.')];
  return loadedPage(state.world.detail?.metrics, ({ installed, health, address, sample, problem }) => {
    if (!installed) return [plain('The checker is not installed in this guest. i installs it.')];
    const facts = [`checker ${health ?? 'without an answer'}${address === undefined ? '' : ` at ${address}`}`];
    if (problem !== undefined) facts.push(problem);
    if (sample === undefined) return facts.map(plain);
    const width = 30;
    return [
      ...facts.map(plain),
      styled(`sample of ${sample.timestamp}`, 'quiet'),
      plain(''),
      ...sample.cpus.map(({ cpu, usagePercent, frequency }): StyledLine => {
        const filled = Math.round(((usagePercent ?? 0) / 100) * width);
        const pace =
          frequency === undefined
            ? ''
            : `  ${Math.round(frequency.hz / 1e6)} MHz${frequency.source === undefined ? '' : `, ${frequency.source}, ${frequency.quality}`}`;
        return [
          { text: `cpu${cpu}`.padEnd(8), meaning: 'quiet' },
          { text: glyphs.bar.repeat(filled), meaning: 'accent' },
          { text: glyphs.barEmpty.repeat(width - filled), meaning: 'quiet' },
          { text: usagePercent === undefined ? '  not known' : `  ${usagePercent.toFixed(1)} %` },
          { text: pace, meaning: 'quiet' },
        ];
      }),
      ...(sample.memory === undefined
        ? []
        : [plain(`memory  ${formatBytes(sample.memory.usedBytes)} of ${formatBytes(sample.memory.totalBytes)}`)]),
    ];
  });
}

function failureLines(vm: VmSnapshot, { size: { columns }, world }: AppState): readonly StyledLine[] {
  if (vm.failure === undefined && vm.difference === undefined) {
    const last = vm.lastExit?.message;
    return [plain(last === undefined ? 'Nothing failed in its last run.' : `Last exit: ${last}`)];
  }
  const found =
    vm.failure === undefined
      ? [
          styled(vm.difference ?? '', 'bad'),
          plain(''),
          styled('end of the console', 'bad'),
          ...(world.detail?.console.lines ?? []).slice(-tailLines).map((line) => plain(`  ${line}`)),
        ]
      : wrapped(failureText(vm), columns)
          .filter((line, index) => index > 0 || line !== '')
          .map((line) => (line.startsWith(' ') ? plain(line) : styled(line, 'bad')));
  return [
    ...found,
    plain(''),
    styled('next', 'title'),
    plain(`  ${vm.failure === undefined ? 'R restarts it' : 's starts it again'}, D destroys it`),
    ...[
      `the whole console: sysmonvm vm-logs ${vm.name} --source console`,
      'everything for a report: sysmonvm doctor --bundle report.tar.gz',
    ].flatMap((line) => wrapped(`  ${line}`, columns).map(plain)),
  ];
}

const tailLines = 15;

function loadedPage<T>(
  loaded: Loaded<T> | undefined,
  lines: (value: T) => readonly StyledLine[],
): readonly StyledLine[] {
  if (loaded?.value !== undefined) return lines(loaded.value);
  if (loaded?.failure !== undefined) {
    const { code, message, next } = loaded.failure;
    return [styled(`[${code}] ${message}`, 'bad'), ...next.map((step) => plain(`  next: ${step}`))];
  }
  return [styled('asking', 'quiet')];
}
