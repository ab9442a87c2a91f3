import type { AppState } from '../state/app-state.ts';
import { appCommands } from './app-commands.ts';
import { doctorCommands } from './doctor-commands.ts';
import { forkCommands } from './fork-commands.ts';
import { guestCommands } from './guest-commands.ts';
import { imageCommands } from './image-commands.ts';
import { listCommands } from './list-commands.ts';
import { snapshotCommands } from './snapshot-commands.ts';
import { templateCommands } from './template-commands.ts';
import { isOffered, type UiCommand } from './ui-command.ts';
import { viewCommands } from './view-commands.ts';
import { vmCommands } from './vm-commands.ts';

/** The one table of keys and commands, in the order of the key bar. Of two with one key the first that is offered has it. */
export const allUiCommands: readonly UiCommand[] = [
  ...appCommands.filter(({ group }) => group === 'vm'),
  ...vmCommands,
  ...guestCommands,
  ...forkCommands,
  ...snapshotCommands,
  ...imageCommands,
  ...templateCommands,
  ...doctorCommands,
  ...listCommands,
  ...viewCommands,
  ...appCommands.filter(({ group }) => group !== 'vm'),
];

export const commandOfKey = (state: AppState, key: string): UiCommand | undefined =>
  allUiCommands.find((command) => command.keys.includes(key) && isOffered(command, state));
