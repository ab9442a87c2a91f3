import { fail } from '../errors/sysmonvm-error.ts';

const numbers = (build: string): bigint[] => (build.match(/\d+/g) ?? []).map(BigInt);

/** Negative when `a` is the earlier one. Part by part as numbers; of two with the same beginning the longer is later. */
export function compareBuilds(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  for (const [index, part] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (part !== other) return part < other ? -1 : 1;
  }
  return left.length - right.length;
}

/** One build of an image, as a lock file or a vendor tells it. */
export interface BuildFacts {
  readonly version: string;
  readonly build: string;
  readonly digest: string;
  readonly sizeBytes?: number | null;
  /** Of the signature, RFC 3339. */
  readonly signedAt?: string | null;
}

const compareReleases = (a: BuildFacts, b: BuildFacts): number =>
  compareBuilds(a.version, b.version) || compareBuilds(a.build, b.build);

const named = ({ version, build }: BuildFacts): string => (version.includes(build) ? version : `${version}, ${build}`);

/**
 * A vendor may publish something newer, or the same bytes again.
 * @throws image.mutated when the same build has other bytes, image.rollback when it is older than the locked one
 */
export function assertNotRolledBack(
  locked: BuildFacts & { readonly id: string },
  found: BuildFacts,
  options: { readonly allowDowngrade: boolean },
): void {
  const order = compareReleases(found, locked);
  const details = { id: locked.id, locked: { ...locked }, found: { ...found } };
  if (order === 0 && !sameBytes(locked, found))
    fail(
      'image.mutated',
      `${locked.id} ${named(locked)} is published with other bytes than before: ${found.digest} instead of ${locked.digest}. A build never changes.`,
      { details },
    );
  if (options.allowDowngrade) return;
  const downgrade = [`sysmonvm image update ${locked.id} --allow-downgrade`];
  if (order < 0)
    fail(
      'image.rollback',
      `The vendor's list has ${locked.id} ${named(found)}, which is older than the locked ${named(locked)}.`,
      { details, next: downgrade },
    );
  if (isBefore(found.signedAt, locked.signedAt))
    fail(
      'image.rollback',
      `The signature over ${locked.id} is of ${found.signedAt}; the locked one is of ${locked.signedAt}, which is later.`,
      { details, next: downgrade },
    );
}

function sameBytes(a: BuildFacts, b: BuildFacts): boolean {
  const bothSized = typeof a.sizeBytes === 'number' && typeof b.sizeBytes === 'number';
  return a.digest === b.digest && !(bothSized && a.sizeBytes !== b.sizeBytes);
}

function isBefore(a: string | null | undefined, b: string | null | undefined): boolean {
  return typeof a === 'string' && typeof b === 'string' && Date.parse(a) < Date.parse(b);
}
