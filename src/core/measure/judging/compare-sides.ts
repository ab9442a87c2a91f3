import type { ComparedSide } from '../comparison.ts';
import { compareFingerprints, type DifferenceName, type FingerprintDifferences } from './compare-fingerprints.ts';

/** Whether the two may be judged against one another, by what each says about itself. */
export function compareSides(
  was: ComparedSide,
  is: ComparedSide,
  accepted: readonly DifferenceName[],
): FingerprintDifferences {
  const notes: string[] = [];
  if (was.guest !== undefined && is.guest !== undefined && was.guest !== is.guest)
    notes.push(`guest: ${was.guest} in the baseline, ${is.guest} now`);
  const otherArch = was.arch !== undefined && is.arch !== undefined && was.arch !== is.arch;
  const silent = [was, is].filter(({ fingerprint }) => fingerprint === undefined).map(({ source }) => source);
  if (silent.length > 0) notes.push(`on what it was measured is not known of ${silent.join(' and ')}`);
  const prints =
    was.fingerprint === undefined || is.fingerprint === undefined
      ? { incomparable: [], notes: [] }
      : compareFingerprints(was.fingerprint, is.fingerprint, accepted);
  // The machine of a VM says the same in its own words.
  const arch =
    otherArch && !accepted.includes('arch') && !prints.incomparable.some((words) => words.startsWith('architecture of'))
      ? [`architecture: ${was.arch} in the baseline, ${is.arch} now`]
      : [];
  return { incomparable: [...arch, ...prints.incomparable], notes: [...notes, ...prints.notes] };
}
