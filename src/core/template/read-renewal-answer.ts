import type { RenewalAnswer } from './renewal.ts';

/** What a guest writes is not trusted: undefined for anything but an answer. */
export function readRenewalAnswer(line: string): RenewalAnswer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, epochMs, hostname, machineId, reseeded, hooks, errors } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof epochMs !== 'number') return undefined;
  return {
    id,
    epochMs,
    hostname: text(hostname),
    machineId: text(machineId),
    reseeded: reseeded === true,
    hooks: (Array.isArray(hooks) ? hooks : []).map((hook: Record<string, unknown> | null) => ({
      path: text(hook?.['path']),
      exitCode: typeof hook?.['exitCode'] === 'number' ? hook['exitCode'] : -1,
      tail: text(hook?.['tail']),
    })),
    errors: Array.isArray(errors) ? errors.map(String) : ['the answer does not say whether there were errors'],
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
