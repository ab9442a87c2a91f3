/**
 * The alternate screen of a terminal, as a state that is entered and left.
 *
 *   enter: save the title and the screen, hide the cursor          leave: the same backwards
 *
 * Leaving is written at once (not through the stream's queue where that is a file descriptor), because it also happens
 * while the process ends. Raw mode is ink's while it draws; `leave` takes it off again whatever ink had time to do.
 */
import { writeSync } from 'node:fs';

export interface FullScreen {
  enter(): void;
  leave(): void;
}

const csi = '\u001b[';
const enterSequence = `${csi}?1049h${csi}?25l${csi}2J${csi}H`;
const leaveSequence = `${csi}0m${csi}?25h${csi}?1049l`;

export function createFullScreen(
  stdin: { readonly isTTY?: boolean; setRawMode?(mode: boolean): unknown },
  stdout: { write(text: string): unknown; readonly fd?: number },
): FullScreen {
  let entered = false;
  return {
    enter() {
      if (entered) return;
      entered = true;
      writeNow(stdout, enterSequence);
    },
    leave() {
      if (!entered) return;
      entered = false;
      if (stdin.isTTY === true) stdin.setRawMode?.(false);
      writeNow(stdout, leaveSequence);
    },
  };
}

function writeNow(stdout: { write(text: string): unknown; readonly fd?: number }, text: string): void {
  if (stdout.fd === undefined) {
    stdout.write(text);
    return;
  }
  try {
    writeSync(stdout.fd, text);
  } catch (error) {
    // A terminal that is full (EAGAIN) takes it through its queue; one that is gone (EIO) needs nothing.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') stdout.write(text);
  }
}
