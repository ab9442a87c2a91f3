import type { MarkName } from '../../vm/vm-state.ts';

/**
 * What a guest prints on its way up, as data. A pattern is looked for in one console line without escape sequences; it
 * says itself where the line begins (`^`), so that a word in the middle of another message is no marker. The first
 * line that matches gives the marker its time; later ones change nothing.
 */
interface Marker {
  readonly name: string;
  readonly pattern: string;
  readonly flags?: 'i';
  /** The mark that our own VMs record for it. */
  readonly stage?: MarkName;
}

export interface FailurePattern {
  readonly pattern: string;
  readonly flags?: 'i';
  /** What a match means. Its first group, where there is one, is the guest's own reason. */
  readonly what: string;
}

export interface MarkerTable {
  readonly name: string;
  readonly title: string;
  readonly markers: readonly Marker[];
  /** Each of them alone means: booted. */
  readonly end: readonly string[];
  readonly failure: readonly FailurePattern[];
  /** Markers of which one in a log shows that the guest came up; `end` unless the table says otherwise. */
  readonly proof?: readonly string[];
}
