import { type CommandSpec, vmArgument } from '../cli/command-spec.ts';
import type { Sourced } from '../core/config/vm-config.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { answerDocument, answerText, differencesText } from '../core/view/answer-text.ts';

function typed(value: Sourced<number>): number | undefined {
  return value.origin.from === 'flag' ? value.value : undefined;
}

export const vmSet: CommandSpec = {
  name: 'vm-set',
  group: 'life',
  summary: 'Change CPUs or memory of a VM, or grow its disk',
  description: 'Plans again, shows the difference and what it needs, then does it. A disk is never made smaller.',
  arguments: [vmArgument],
  settings: 'set',
  options: [
    { flags: '--restart', description: 'stop and start a running VM when the change needs it' },
    { flags: '--dry-run', description: 'only show the difference' },
  ],
  examples: [
    { command: 'sysmonvm vm-set --cpus 2 --memory 4G --restart', what: 'change a running VM' },
    { command: 'sysmonvm vm-set build --disk 80G --dry-run', what: 'see what growing the disk would need' },
  ],
  document: 'vm-set',
  run: async (context) => {
    const { flags } = context;
    const config = await context.config();
    const [cpus, memoryMib, diskGib] = [typed(config.cpus), typed(config.memoryMib), typed(config.diskGib)];
    if (cpus === undefined && memoryMib === undefined && diskGib === undefined) {
      fail('usage.invalid-argument', 'Nothing to change: give --cpus, --memory or --disk.', {
        next: ['sysmonvm vm-set --help'],
      });
    }
    const patch = {
      ...(cpus === undefined ? {} : { cpus }),
      ...(memoryMib === undefined ? {} : { memoryMib }),
      ...(diskGib === undefined ? {} : { diskGib }),
    };
    const options = { restart: flags.on('restart'), dryRun: flags.on('dryRun') };
    const answer = await (await context.engine()).change(config.name.value, patch, options, context.call);
    await context.endProgress();
    const { differences } = answer;
    context.output.document(
      { ...answerDocument(answer), differences },
      () => differencesText(differences) + answerText(answer),
    );
    return 0;
  },
};
