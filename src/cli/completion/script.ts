import { RootCommand } from '@bomb.sh/tab';
import { bashScript } from './bash-script.ts';

/** The package prints its script; there is no other way to get at the text. */
function printedBy(print: () => void): string {
  const lines: string[] = [];
  const target = globalThis.console;
  const before = target.log;
  target.log = (line: string) => {
    lines.push(line);
  };
  try {
    print();
  } finally {
    target.log = before;
  }
  return `${lines.join('\n')}\n`;
}

export function completionScript(shell: 'bash' | 'zsh' | 'fish'): string {
  return shell === 'bash' ? bashScript : printedBy(() => new RootCommand().setup('sysmonvm', 'sysmonvm', shell));
}
