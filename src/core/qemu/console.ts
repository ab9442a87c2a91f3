import type { RunningResources } from '../resources/ledger.ts';
import { optionValue } from './option-value.ts';

/** The serial port: QEMU logs every byte itself, and one reader at a time can attach to the socket. */
export function consoleArguments(sockets: RunningResources['sockets'], logDirectory: string): string[] {
  const log = optionValue(`${logDirectory}/console.log`);
  return [
    '-chardev',
    `socket,id=console,path=${optionValue(sockets.console)},server=on,wait=off,logfile=${log},logappend=on`,
    '-serial',
    'chardev:console',
    '-display',
    'none',
  ];
}
