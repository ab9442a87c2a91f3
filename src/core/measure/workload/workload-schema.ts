import { z } from 'zod';
import { parseDuration } from '../../units/duration.ts';
import { aggregatorNames, isAggregator } from './aggregate.ts';
import type { Condition } from './workload.ts';

/**
 * The form of a workload file, as it is written: the same fields under `harvey_reference_workloads` (the published
 * form) and under `workloads`. What one field cannot know of another is checked in check-workload.ts.
 */
const conditions = ['>=', '<=', '>', '<', '=='] as const satisfies readonly Condition[];

const text = z.string({ error: 'must be text' }).min(1, { error: 'must not be empty' });
const texts = z.array(text, { error: 'must be a list' });
const parameterValue = z.union([z.string().min(1), z.number()], { error: 'must be a number or text' });
const count = (least: number, most: number) =>
  z.int({ error: `must be a whole number from ${least} to ${most}` }).check((context) => {
    if (context.value >= least && context.value <= most) return;
    context.issues.push({ code: 'custom', input: context.value, message: `must be from ${least} to ${most}` });
  });

const duration = z
  .union([z.string(), z.number()], { error: 'must be a duration such as 90s or 5m' })
  .transform((value, context) => {
    const ms = parseDuration(String(value));
    if (ms !== undefined && ms > 0) return ms;
    context.addIssue({ code: 'custom', message: `"${value}" is not a duration such as 90s or 5m` });
    return z.NEVER;
  });

const id = text.regex(/^[A-Za-z0-9][\w.-]{0,99}$/, {
  error: 'must begin with a letter or digit and hold only letters, digits, "_", "." and "-", at most 100',
});

const parameter = z
  .strictObject({
    name: text.regex(/^[A-Za-z_][\w.-]*$/, { error: 'must be a name of letters, digits, "_", "." and "-"' }),
    value: parameterValue.optional(),
    values: z
      .array(parameterValue, { error: 'must be a list' })
      .min(1, { error: 'must not be empty: nothing would run' })
      .optional(),
  })
  .refine(({ value, values }) => (value === undefined) !== (values === undefined), {
    error: 'must have either `value` or `values`',
  });

const metric = z.strictObject({
  name: text,
  unit: text,
  aggregator: text
    .transform((name, context) => {
      if (isAggregator(name)) return name;
      context.addIssue({ code: 'custom', message: `"${name}" is no aggregator; there are ${aggregatorNames}` });
      return z.NEVER;
    })
    .optional(),
  better: z.enum(['lower', 'higher'], { error: 'must be lower or higher' }).optional(),
  tolerance_percent: z.number({ error: 'must be a number' }).nonnegative({ error: 'must not be negative' }).optional(),
  floor: z.number({ error: 'must be a number' }).nonnegative({ error: 'must not be negative' }).optional(),
  reason: text.optional(),
});

const criterion = z.strictObject({
  metric: text,
  condition: z.enum(conditions, {
    error: ({ input }) => `${JSON.stringify(input)} is no condition; there are ${conditions.join(' ')}`,
  }),
  threshold_value: z.number({ error: 'must be a number' }),
  unit: text.optional(),
  when: z.record(z.string(), parameterValue, { error: 'must be a mapping of parameters to values' }).optional(),
});

const variables = z.record(
  z.string().regex(/^[A-Za-z_]\w*$/),
  z.union([z.string(), z.number()], { error: 'must be text' }).transform(String),
  {
    error: ({ code }) =>
      code === 'invalid_key' ? 'is not the name of a variable' : 'must be a mapping of names to texts',
  },
);

const command = z.union([text, z.array(z.union([text, z.number()]).transform(String)).min(1)], {
  error: 'must be one line for sh, or a list of words',
});

const run = z.strictObject({
  builtin: z.literal('boot', { error: 'must be boot; there is no other' }).optional(),
  where: z.enum(['host', 'guest'], { error: 'must be host or guest' }).optional(),
  command: command.optional(),
  setup: text.optional(),
  teardown: text.optional(),
  files: texts.optional(),
  requires: z.record(text, text, { error: 'must be a mapping of programs to packages' }).optional(),
  env: variables.optional(),
  timeout: duration.optional(),
  repetitions: count(1, 1000).optional(),
  warmup: count(0, 100).optional(),
});

export const workloadSchema = z.strictObject({
  workload_id: id,
  description: z.string({ error: 'must be text' }).optional(),
  use_case_refs: texts.optional(),
  tier_applicability: z
    .array(z.union([z.literal(1), z.literal(2), z.literal(3)], { error: 'must be 1, 2 or 3' }), {
      error: 'must be a list',
    })
    .min(1, { error: 'must not be empty: it would never run' })
    .optional(),
  components_stressed: texts.optional(),
  tags: z.array(text.regex(/^[\w.-]+$/, { error: 'must be one word' }), { error: 'must be a list' }).optional(),
  parameters: z.array(parameter, { error: 'must be a list' }).optional(),
  metrics: z
    .array(metric, { error: 'must be a list' })
    .min(1, { error: 'must not be empty: nothing would be measured' }),
  acceptance_criteria: z
    .record(text, z.array(criterion, { error: 'must be a list of criteria' }), {
      error: 'must be a mapping of profiles',
    })
    .optional(),
  run: run.optional(),
});

export type WrittenWorkload = z.infer<typeof workloadSchema>;
