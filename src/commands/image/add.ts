import type { CommandContext } from '../../cli/command-context.ts';
import type { CommandSpec } from '../../cli/command-spec.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { AddImageRequest } from '../../core/image-operations.ts';
import { imageListText } from '../../core/view/image-list-text.ts';
import { archOption, wantedArch } from './image-choice.ts';

const families = ['el', 'debian', 'fedora', 'suse', 'alpine', 'tiny'] as const;
const formats = ['gnu', 'bsd', 'bare', 'json'] as const;
const forms = ['detached', 'clearsigned', 'image'] as const;

export const imageAdd: CommandSpec = {
  name: 'image add',
  group: 'host',
  summary: 'Add an image of your own to the lock file of the workspace',
  description:
    'A signature by a key of yours makes it "signed, your key": the image is downloaded and everything is checked before the entry is written. With a digest it is "pinned". A checksum file without a signature needs --acknowledge and makes it "tls-only". Shipped entries cannot be replaced.',
  arguments: [{ name: 'source', description: 'https URL, or a file on this host', required: true, complete: 'file' }],
  options: [
    { flags: '--id <id>', description: 'id of the image, in lower case' },
    { ...archOption, description: 'architecture (default: the one in its name, else the host’s)' },
    { flags: '--name <text>', description: 'name for people' },
    { flags: '--user <account>', description: 'account that the image itself creates (default: cloud-user)' },
    { flags: '--family <family>', description: 'kind of distribution (default: el)', choices: families },
    { flags: '--digest <digest>', description: 'sha256:… or sha512:… of the file' },
    { flags: '--checksums <url>', description: 'the list of digests' },
    { flags: '--checksums-format <format>', description: 'how it is written (default: gnu)', choices: formats },
    { flags: '--signature <url>', description: 'the signature; of a clearsigned list, the list itself' },
    { flags: '--key <id>', description: 'key of `image key list` that has to have signed' },
    { flags: '--form <form>', description: 'what is signed, and how (default: detached)', choices: forms },
    { flags: '--acknowledge <reason>', description: 'why an unsigned list of digests is accepted' },
    {
      flags: '--name-pattern <regexp>',
      description: 'how later builds are called, with the groups version and build; lets `image update` find them',
    },
  ],
  examples: [
    { command: 'sysmonvm image add ./disk.qcow2 --id my-disk', what: 'a file of this host, copied into the cache' },
    {
      command:
        'sysmonvm image add https://images.example/a-1.qcow2 --id mine --checksums https://images.example/SHA256SUMS --signature https://images.example/SHA256SUMS.asc --key my-key',
      what: 'signed by a key that you added with `image key add`',
    },
  ],
  document: 'image-added',
  run: async (context) => {
    const request = readRequest(context);
    const image = await (await context.engine()).images.add(request, context.call);
    await context.endProgress();
    context.output.document({ image }, () => imageListText([image]));
    return 0;
  },
};

function readRequest(context: CommandContext): AddImageRequest {
  const { flags } = context;
  const id = flags.text('id') ?? missing('--id');
  const [checksums, signature, key] = [flags.text('checksums'), flags.text('signature'), flags.text('key')];
  if ((signature === undefined) !== (key === undefined)) missing(signature === undefined ? '--signature' : '--key');
  const form = oneOf(forms, flags.text('form')) ?? 'detached';
  const [digest, acknowledged, namePattern, name] = [
    flags.text('digest'),
    flags.text('acknowledge'),
    flags.text('namePattern'),
    flags.text('name'),
  ];
  return {
    source: context.argument('source') ?? '',
    id,
    arch: wantedArch(context).arch,
    user: flags.text('user') ?? 'cloud-user',
    family: oneOf(families, flags.text('family')) ?? 'el',
    ...(name === undefined ? {} : { name }),
    ...(digest === undefined ? {} : { digest }),
    ...(checksums === undefined
      ? {}
      : { checksums: { url: checksums, format: oneOf(formats, flags.text('checksumsFormat')) ?? 'gnu' } }),
    ...(signature === undefined || key === undefined ? {} : { signature: { url: signature, form, key } }),
    ...(acknowledged === undefined ? {} : { acknowledged }),
    ...(namePattern === undefined ? {} : { namePattern }),
  };
}

function oneOf<T extends string>(choices: readonly T[], text: string | undefined): T | undefined {
  return choices.find((choice) => choice === text);
}

function missing(flag: string): never {
  return fail('usage.invalid-argument', `sysmonvm image add: ${flag} is missing.`, {
    next: ['sysmonvm image add --help'],
  });
}
