import { resolve } from 'node:path';
import type { CommandSpec } from '../cli/command-spec.ts';
import { readCopy } from '../cli/copy-endpoint.ts';
import type { CopyProgress } from '../core/ports/guest-shell.ts';

export const copy: CommandSpec = {
  name: 'copy',
  group: 'use',
  summary: 'Copy files and trees into or out of a guest; parents are created',
  arguments: [
    {
      name: 'source',
      description: 'PATH here, or NAME:PATH in a guest (`:PATH` for the VM of the configuration)',
      required: true,
      complete: 'file',
    },
    { name: 'destination', description: 'the same; one of the two is in a guest', required: true, complete: 'file' },
  ],
  examples: [
    { command: 'sysmonvm copy ./dist build:/srv/app', what: 'a tree into the guest' },
    { command: 'sysmonvm copy build:/var/log/cloud-init.log .', what: 'a file out of it' },
    { command: 'sysmonvm copy ./setup.sh :/tmp/setup.sh', what: 'into the VM of the configuration' },
  ],
  document: 'copy',
  run: async (context) => {
    const wanted = readCopy(context.argument('source') ?? '', context.argument('destination') ?? '');
    const engine = await context.engine();
    const vm = wanted.vm === '' ? await context.vmName() : wanted.vm;
    const local = resolve(wanted.local);
    const onProgress = (progress: CopyProgress): void =>
      context.call.report({ kind: 'bytes', what: progress.path, done: progress.bytesDone, total: progress.bytesTotal });
    if (wanted.direction === 'upload') await engine.upload(vm, local, wanted.remote, context.call, onProgress);
    else await engine.download(vm, wanted.remote, local, context.call, onProgress);
    await context.endProgress();
    const { direction, remote } = wanted;
    context.output.document({ vm, direction, local, remote }, () =>
      direction === 'upload' ? `${local} → ${vm}:${remote}\n` : `${vm}:${remote} → ${local}\n`,
    );
    return 0;
  },
};
