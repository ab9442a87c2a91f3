export type CloudConfig = Readonly<Record<string, unknown>>;
export type FieldPath = readonly (string | number)[];

/** A cloud-config as it was read: its value, and where in the text each field stands. */
export interface CloudConfigDocument {
  readonly file: string;
  readonly text: string;
  readonly value: CloudConfig;
  /** Line (from 1) of a field, or of the nearest field around it. */
  lineOf(path: FieldPath): number;
}

export interface CloudConfigFinding {
  readonly file: string;
  readonly line: number;
  /** e.g. `users[0].name`; empty for the document. */
  readonly field: string;
  readonly message: string;
}

export function fieldName(path: FieldPath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

export function isMapping(value: unknown): value is CloudConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
