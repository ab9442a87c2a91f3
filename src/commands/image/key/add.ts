import type { CommandSpec } from '../../../cli/command-spec.ts';
import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { keyListText } from '../../../core/view/key-list-text.ts';

export const imageKeyAdd: CommandSpec = {
  name: 'image key add',
  group: 'host',
  summary: 'Trust a public key of yours for the images of this workspace',
  description:
    'The file is copied into the workspace. Compare the fingerprint with one that you got another way: it is what is trusted. Such a key never counts for shipped images; what it signs is shown as "signed, your key".',
  arguments: [{ name: 'file', description: 'OpenPGP public key, armored or binary', required: true, complete: 'file' }],
  options: [
    { flags: '--fingerprint <hex>', description: '40 hex digits of the primary key; blanks are allowed' },
    { flags: '--id <id>', description: 'name of the key (default: from the name of the file)' },
  ],
  examples: [
    {
      command: 'sysmonvm image key add my.asc --fingerprint 0123456789ABCDEF0123456789ABCDEF01234567',
      what: 'a key of yours',
    },
    {
      command:
        'sysmonvm image key add my.asc --id my-key --fingerprint "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567"',
      what: 'a fingerprint as gpg prints it',
    },
  ],
  document: 'image-key',
  run: async (context) => {
    const typed = context.flags.text('fingerprint');
    if (typed === undefined)
      fail('usage.invalid-argument', 'sysmonvm image key add: --fingerprint is missing.', {
        next: [`gpg --show-keys --with-fingerprint ${context.argument('file') ?? 'FILE'}`],
      });
    const id = context.flags.text('id');
    const key = await (await context.engine()).images.addKey(
      { file: context.argument('file') ?? '', fingerprint: typed, ...(id === undefined ? {} : { id }) },
      context.call,
    );
    await context.endProgress();
    context.output.document({ key }, () => keyListText([key]));
    return 0;
  },
};
