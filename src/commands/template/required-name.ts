import type { CommandContext } from '../../cli/command-context.ts';

export function requiredName(context: CommandContext): string {
  const name = context.argument('name');
  if (name === undefined) throw new Error('the parser lets no command through without its name');
  return name;
}
