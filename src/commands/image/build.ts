import type { CommandSpec } from '../../cli/command-spec.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { fetchAndTell } from './fetch.ts';
import { archOption } from './image-choice.ts';

export const imageBuild: CommandSpec = {
  name: 'image build',
  group: 'host',
  summary: 'Build an image of kind local from the signed APT sources of this host',
  arguments: [{ name: 'id', description: 'debian-12 or tiny', required: true, complete: ['debian-12', 'tiny'] }],
  options: [archOption, { flags: '--force', description: 'build again although nothing changed' }],
  examples: [
    { command: 'sysmonvm image build debian-12', what: 'a Debian guest without a download of an image' },
    { command: 'sysmonvm image build tiny --force', what: 'the small test guest, made anew' },
  ],
  document: 'image',
  run: async (context) => {
    const id = context.argument('id') ?? '';
    const choices = await (await context.composition()).imageChoices();
    if (
      choices.some((choice) => choice.id === id) &&
      !choices.some((choice) => choice.id === id && choice.kind === 'local')
    )
      fail('usage.invalid-argument', `${id} comes from its vendor; it is not built here.`, {
        next: [`sysmonvm image pull ${id}`, 'sysmonvm image build debian-12'],
      });
    return fetchAndTell(context, id);
  },
};
