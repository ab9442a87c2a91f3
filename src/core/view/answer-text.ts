import type { Answer } from '../engine.ts';
import { bootLanes } from '../measure/boot/boot-lanes.ts';
import type { PlanDifference } from '../plan/diff-plans.ts';
import { formatDuration } from '../units/duration.ts';
import { bootLanesText } from './boot-lanes-text.ts';
import { bootTimeline } from './boot-timeline.ts';
import { vmDocument } from './vm-document.ts';

/** JSON form of an answer. */
export function answerDocument(answer: Answer) {
  const { outcome, reason, vm } = answer;
  return { outcome, ...(reason === undefined ? {} : { reason }), vm: vmDocument(vm) };
}

function bootText(answer: Answer): string {
  const timeline = answer.vm.state === 'ready' ? bootTimeline(answer.vm.marks) : undefined;
  return timeline?.complete ? ` after ${formatDuration(timeline.totalMs)}` : '';
}

/** The waterfall of a boot that was made just now. */
export function madeBootText({ vm, outcome }: Answer, columns?: number): string {
  return vm.state === 'ready' && outcome === 'accepted'
    ? bootLanesText(bootLanes(vm.marks, vm.guestBoot), columns)
    : '';
}

/** One line with the state, one for each warning, one with the next step. */
export function answerText(answer: Answer): string {
  const { vm } = answer;
  const reason = answer.reason === undefined ? '' : ` (${answer.reason})`;
  const nothing = answer.outcome === 'ignored' ? ', nothing to do' : '';
  const image = `${vm.image.id} for ${vm.arch}, trust: ${vm.image.level}, ${vm.accelerator}`;
  const next = {
    ready: `sysmonvm ssh ${vm.name}`,
    stopped: `sysmonvm vm-start ${vm.name}`,
    paused: `sysmonvm vm-resume ${vm.name}`,
    suspended: `sysmonvm vm-start ${vm.name}`,
  }[vm.state as string];
  return [
    `${vm.name}: ${vm.summary}${bootText(answer)}${nothing}${reason} [${image}]\n`,
    ...vm.warnings.map((warning) => `warning: ${warning}\n`),
    ...(next === undefined ? [] : [`next: ${next}\n`]),
  ].join('');
}

const costs = {
  nothing: 'no restart',
  live: 'while it runs',
  restart: 'needs a restart',
  recreate: 'needs a new VM',
} as const;

export function differencesText(differences: readonly PlanDifference[]): string {
  const value = (part: unknown): string => (typeof part === 'object' ? JSON.stringify(part) : String(part ?? '-'));
  return differences
    .map(
      (difference) =>
        `  ${difference.field}: ${value(difference.from)} → ${value(difference.to)} (${costs[difference.needs]})\n`,
    )
    .join('');
}
