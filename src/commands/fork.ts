import type { CommandContext } from '../cli/command-context.ts';
import type { CommandSpec } from '../cli/command-spec.ts';
import { readTimeout } from '../cli/start-options.ts';
import { templateArgument } from '../cli/template-settings.ts';
import { answerDocument, answerText } from '../core/view/answer-text.ts';
import { requiredName } from './template/required-name.ts';

const most = 100;

/** PREFIX-1, PREFIX-2 …, leaving out what is taken. */
async function freeNames(context: CommandContext, prefix: string, count: number): Promise<readonly string[]> {
  const taken = new Set((await (await context.engine()).list()).map((vm) => vm.name));
  const names: string[] = [];
  for (let number = 1; names.length < count; number += 1) {
    const name = `${prefix}-${number}`;
    if (!taken.has(name)) names.push(name);
  }
  return names;
}

export const fork: CommandSpec = {
  name: 'fork',
  group: 'warm',
  summary: 'Make VMs from a template; each runs on from where it was frozen, as a machine of its own',
  description:
    'Each fork gets a name, ports, an overlay, keys, machine-id, hostname and random seed of its own before it is reported ready. Memory is shared with the template until a fork writes to it.',
  arguments: [templateArgument],
  options: [
    { flags: '--count <number>', description: `how many (default: 1, at most ${most})` },
    { flags: '--prefix <text>', description: 'names are PREFIX-1, PREFIX-2 … (default: name of the template)' },
    { flags: '--ttl <duration>', description: 'vm-gc may remove them after this time' },
    { flags: '--pool', description: 'claim ready members of the template’s pool; what is missing is forked' },
    { flags: '--timeout <duration>', description: 'how long each may take to answer' },
  ],
  examples: [
    { command: 'sysmonvm fork ci', what: 'one VM, ci-1' },
    { command: 'sysmonvm fork ci --count 10 --prefix worker', what: 'worker-1 to worker-10' },
  ],
  document: 'fork',
  run: async (context) => {
    const { flags } = context;
    const template = requiredName(context);
    const count = flags.integer('count', { min: 1, max: most }) ?? 1;
    const ttlMs = flags.durationMs('ttl');
    const names = await freeNames(context, flags.text('prefix') ?? template, count);
    const request = { names, ...readTimeout(flags), ...(ttlMs === undefined ? {} : { overrides: { ttlMs } }) };
    const { pools, templates } = await context.engine();
    const answers = await (flags.on('pool') ? pools : templates).fork(template, request, context.call);
    await context.endProgress();
    context.output.document({ template, forks: answers.map(answerDocument) }, () => answers.map(answerText).join(''));
    return 0;
  },
};
