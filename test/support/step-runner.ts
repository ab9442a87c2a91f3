import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../unit/project/source-tree.ts';

export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
}

export interface ExpectedCall {
  readonly args: readonly string[];
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly files?: Readonly<Record<string, string>>;
}

interface RanStep {
  readonly name: string;
  readonly code: number;
  readonly log: string;
}

export interface RanSteps {
  /** Of the first step that failed: what the job ends with. */
  readonly code: number;
  readonly ran: readonly RanStep[];
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Inputs of actions of others, which are not run. */
  readonly used: readonly { readonly uses: string; readonly with: Readonly<Record<string, string>> }[];
  readonly summary: string;
}

/** A checkout, with a stand-in for sysmonvm first in PATH and what the runner gives every step. */
export interface Sandbox {
  readonly workspace: string;
  readonly temporary: string;
  readonly env: Readonly<Record<string, string>>;
  readonly program: string;
  expect(calls: readonly ExpectedCall[]): void;
  calls(): readonly (readonly string[])[];
  remove(): void;
}

export function makeSandbox(): Sandbox {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'sysmonvm-steps-'));
  const [workspace, temporary, bin] = ['workspace', 'temporary', 'bin'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [workspace, temporary, bin]) mkdirSync(path);
  const program = join(bin, 'sysmonvm');
  symlinkSync(join(projectRoot, 'test/fixtures/stand-in-sysmonvm.mjs'), program);
  symlinkSync(join(projectRoot, 'scripts'), join(workspace, 'scripts'));
  const expected = join(folder, 'expected.json');
  const expect = (calls: readonly ExpectedCall[]) => writeFileSync(expected, JSON.stringify(calls));
  expect([]);
  return {
    workspace,
    temporary,
    program,
    env: {
      PATH: `${bin}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      RUNNER_TEMP: temporary,
      GITHUB_ACTION_PATH: projectRoot,
      GITHUB_SHA: 'c0ffee',
      GITHUB_RUN_ATTEMPT: '1',
      SYSMONVM_STAND_IN: expected,
    },
    expect,
    calls: () => (existsSync(`${expected}.calls`) ? lines(`${expected}.calls`).map((line) => JSON.parse(line)) : []),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const lines = (path: string) => readFileSync(path, 'utf8').trim().split('\n');

type Context = Readonly<Record<string, string>>;

/** The steps in their order, with the conditions and the few expressions that they have; any other is an error. */
export function runSteps(sandbox: Sandbox, steps: readonly Step[], context: Context): RanSteps {
  const files = mkdtempSync(join(sandbox.temporary, 'files-'));
  const summary = join(files, 'summary.md');
  const outputs: Record<string, Record<string, string>> = {};
  const ran: RanStep[] = [];
  const used: { uses: string; with: Record<string, string> }[] = [];
  const value = (expression: string): string => {
    const [, step, output] = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(expression) ?? [];
    if (step !== undefined && output !== undefined) return outputs[step]?.[output] ?? '';
    const known = context[expression];
    if (known === undefined) throw new Error(`the test does not know the expression ${expression}`);
    return known;
  };
  const filled = (text: string) =>
    text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_all, expression: string) => value(expression));
  const holds = (condition: string) =>
    condition === 'always()' || condition === '!cancelled()' || value(condition.replace(/ != ''$/, '')) !== '';
  for (const { name = '', id = name, if: condition, env = {}, uses, with: inputs = {}, run } of steps) {
    const failed = ran.some(({ code }) => code !== 0);
    const wanted = condition?.replace(/^\$\{\{ (.*) \}\}$/, '$1').split(' && ');
    if (wanted === undefined ? failed : !wanted.every(holds)) continue;
    const fill = (texts: Context) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, filled(String(text))]));
    if (uses !== undefined) used.push({ uses, with: fill(inputs) });
    if (run === undefined) continue;
    const file = join(files, `output-${ran.length}`);
    const result = spawnSync('bash', ['-eo', 'pipefail', '-c', run], {
      cwd: sandbox.workspace,
      env: { ...sandbox.env, GITHUB_OUTPUT: file, GITHUB_STEP_SUMMARY: summary, ...fill(env) },
      encoding: 'utf8',
    });
    outputs[id] = existsSync(file) ? readOutputs(readFileSync(file, 'utf8')) : {};
    ran.push({ name, code: codeOf(result), log: `${result.stdout}${result.stderr}` });
  }
  return {
    code: ran.find(({ code }) => code !== 0)?.code ?? 0,
    ran,
    outputs,
    used,
    summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '',
  };
}

function codeOf({ status, error }: SpawnSyncReturns<string>): number {
  if (error !== undefined) throw error;
  return status ?? -1;
}

/** `name<<END`, lines, `END`: the form in which a value may have several lines. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const [all, name, end] = /^([\w-]+)<<(.+)\n/.exec(rest) ?? [];
    if (all === undefined || name === undefined) throw new Error(`no output: ${rest}`);
    const stop = rest.indexOf(`\n${end}\n`, all.length - 1);
    if (stop < 0) throw new Error(`an output without its end: ${rest}`);
    outputs[name] = rest.slice(all.length, stop);
    rest = rest.slice(stop + `\n${end}\n`.length);
  }
  return outputs;
}
