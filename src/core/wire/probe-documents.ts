import { z } from 'zod';

const view = z.strictObject({
  cpus: z.array(z.strictObject({ cpu: z.int(), cpufreq: z.array(z.string()) })),
  cpuinfoMhzLines: z.int(),
});

export const probeSchema = z.strictObject({
  guest: view,
  governors: z.array(z.string()),
  perf: z.enum(['counts', 'no-event', 'absent']),
  virtualisation: z.string().optional(),
  runtimes: z.array(
    z.strictObject({
      name: z.string(),
      state: z.enum(['answers', 'refuses']),
      answer: z.string(),
      container: z.union([view, z.strictObject({ failed: z.string() })]).optional(),
    }),
  ),
});
