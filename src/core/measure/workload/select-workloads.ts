import { fail } from '../../errors/sysmonvm-error.ts';
import { didYouMean } from '../../ids/near-matches.ts';
import type { Tier, Workload } from './workload.ts';

export interface WorkloadChoice {
  readonly tier?: Tier;
  /** Ids and tags; a workload that has one of them is in. Empty: all. */
  readonly subset: readonly string[];
}

/** @throws workload.nothing-selected, also when one of the words names nothing */
export function selectWorkloads(workloads: readonly Workload[], { tier, subset }: WorkloadChoice): readonly Workload[] {
  const next = ['sysmonvm bench run --list'];
  for (const word of subset) {
    if (workloads.some((workload) => isNamed(workload, word))) continue;
    const known = [...new Set(workloads.flatMap(({ id, tags }) => [id, ...tags]))];
    const message = `no workload has the id or tag "${word}".${didYouMean(word, known)}`;
    fail('workload.nothing-selected', message, { details: { subset: word }, next });
  }
  const selected = workloads.filter(
    (workload) =>
      (tier === undefined || workload.tiers.includes(tier)) &&
      (subset.length === 0 || subset.some((word) => isNamed(workload, word))),
  );
  if (selected.length === 0) {
    const message = `no workload is of tier ${tier}${subset.length === 0 ? '' : ` and of ${subset.join(', ')}`}`;
    fail('workload.nothing-selected', message, { details: { tier, subset }, next });
  }
  return selected;
}

function isNamed({ id, tags }: Workload, word: string): boolean {
  return id === word || tags.includes(word);
}

/** @throws workload.unknown-profile: a mistyped one would judge nothing, silently */
export function requireProfile(workloads: readonly Workload[], profile: string): void {
  const known = [...new Set(workloads.flatMap(({ criteria }) => Object.keys(criteria)))];
  if (known.includes(profile)) return;
  const have = known.length === 0 ? 'none of them has any' : `there are ${known.join(', ')}`;
  fail(
    'workload.unknown-profile',
    `no selected workload has criteria for the profile "${profile}"; ${have}.${didYouMean(profile, known)}`,
    {
      details: { profile, known },
      next: ['sysmonvm bench run --list'],
    },
  );
}
