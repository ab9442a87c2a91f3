import type { CodeEntry } from './kinds.ts';

export const warmCodes = {} as const satisfies Record<string, CodeEntry>;
