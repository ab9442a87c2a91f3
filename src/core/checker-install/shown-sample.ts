import { z } from 'zod';

/** What is shown of a checker's answer. Every checker of the contract can be read: what it does not say is absent. */
const payloadSchema = z.object({
  available: z.literal(true),
  status: z.object({
    timestamp: z.string(),
    cpus: z.array(
      z.object({ core_id: z.number(), usage_percent: z.number().optional(), frequency_hz: z.number().optional() }),
    ),
    memory: z.object({ used_bytes: z.number(), total_bytes: z.number() }).optional(),
  }),
  sysmonvm: z
    .object({
      frequency: z.array(z.object({ core_id: z.number(), source: z.string(), quality: z.string() })).default([]),
    })
    .optional(),
});

export interface ShownSample {
  readonly timestamp: string;
  readonly cpus: readonly {
    readonly cpu: number;
    readonly usagePercent?: number;
    readonly frequency?: { readonly hz: number; readonly source?: string; readonly quality?: string };
  }[];
  readonly memory?: { readonly usedBytes: number; readonly totalBytes: number };
}

/** undefined: it says that it has no sample, or is no answer of a checker. */
export function readSample(payload: unknown): ShownSample | undefined {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) return undefined;
  const { status, sysmonvm } = parsed.data;
  const origins = new Map(sysmonvm?.frequency.map((row) => [row.core_id, row]));
  return {
    timestamp: status.timestamp,
    cpus: status.cpus.map(({ core_id: cpu, usage_percent: usagePercent, frequency_hz: hz }) => {
      const origin = origins.get(cpu);
      const from = origin === undefined ? {} : { source: origin.source, quality: origin.quality };
      return {
        cpu,
        ...(usagePercent === undefined ? {} : { usagePercent }),
        ...(hz === undefined ? {} : { frequency: { hz, ...from } }),
      };
    }),
    ...(status.memory === undefined
      ? {}
      : { memory: { usedBytes: status.memory.used_bytes, totalBytes: status.memory.total_bytes } }),
  };
}
