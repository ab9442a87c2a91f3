import type { CommandSpec } from '../cli/command-spec.ts';
import { fail } from '../core/errors/sysmonvm-error.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export const completion: CommandSpec = {
  name: 'completion',
  group: 'about',
  summary: 'Print the completion script of a shell; names of VMs and images are completed live',
  arguments: [{ name: 'shell', description: shells.join(', '), required: true, complete: shells }],
  examples: [
    { command: 'source <(sysmonvm completion bash)', what: 'in ~/.bashrc' },
    { command: 'sysmonvm completion zsh > ~/.zfunc/_sysmonvm', what: 'for zsh, with ~/.zfunc in fpath' },
    { command: 'sysmonvm completion fish > ~/.config/fish/completions/sysmonvm.fish', what: 'for fish' },
  ],
  document: 'completion',
  run: async (context) => {
    const typed = context.argument('shell');
    const shell = shells.find((known) => known === typed);
    if (shell === undefined) {
      fail('usage.invalid-argument', `There is no completion for "${typed}"; there is one for ${shells.join(', ')}.`, {
        next: ['sysmonvm completion bash'],
      });
    }
    const { completionScript } = await import('../cli/completion/script.ts');
    const script = completionScript(shell);
    context.output.pasteable({ shell, script }, script);
    return 0;
  },
};
