import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import { readStartOptions, waitOptions } from '../cli/start-options.ts';
import { answerDocument, answerText, differencesText, madeBootText } from '../core/view/answer-text.ts';

export const up: CommandSpec = {
  name: 'up',
  group: 'life',
  summary: 'Bring a VM to what the configuration says: create, start, wait',
  description:
    'Plans again and compares: keeps, restarts or recreates the VM and says why. A VM is never recreated without being asked for by a changed setting.',
  arguments: [vmArgument],
  settings: 'up',
  options: [
    { flags: '--warm', description: 'a VM that is made is a fork of the configuration’s template' },
    ...waitOptions,
  ],
  examples: [
    { command: 'sysmonvm up', what: 'whatever is missing until the guest is ready' },
    { command: 'sysmonvm up --warm', what: 'from a template of the configuration, which is made on first use' },
    { command: 'sysmonvm up build --image debian-12 --memory 2G', what: 'the same with settings as flags' },
  ],
  document: 'up',
  run: async (context) => {
    const config = await context.config();
    const engine = await context.engine();
    const warm = context.flags.on('warm');
    const result = await engine.up(
      { config, ...readStartOptions(context.flags), ...(warm ? { warm } : {}) },
      context.call,
    );
    await context.endProgress();
    const { action, differences } = result;
    context.output.document({ ...answerDocument(result), action, differences }, (columns) => {
      const changes = differences.length === 0 ? '' : `what differs:\n${differencesText(differences)}`;
      return `${action}\n${changes}${madeBootText(result, columns)}${answerText(result)}`;
    });
    return 0;
  },
};
