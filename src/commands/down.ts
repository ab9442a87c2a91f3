import type { CommandSpec } from '../cli/command-spec.ts';
import { vmStop } from './vm-stop.ts';

export const down: CommandSpec = {
  ...vmStop,
  name: 'down',
  summary: 'The way back from `up`: stop the VM, keep its disk',
  description: 'A VM that is stopped already is fine. `vm-destroy` removes it.',
  examples: [
    { command: 'sysmonvm down', what: 'stop the VM of the configuration' },
    { command: 'sysmonvm down build --force && sysmonvm vm-destroy build --yes', what: 'stop and remove' },
  ],
};
