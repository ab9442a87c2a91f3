/**
 * Puts whole frames on the screen, writing only the rows that differ from what stands there. Each row is addressed by
 * its number, so nothing depends on where the cursor was, and a frame may be as tall as the terminal. What is written
 * for one frame is one write, between the marks by which a terminal shows it at once.
 */
export interface Painter {
  paint(frame: string): void;
  /** The screen is not what it was: the next frame is painted whole. */
  forget(): void;
}

const csi = '\u001b[';
const [begin, end] = [`${csi}?2026h`, `${csi}?2026l`];

export function createPainter(write: (text: string) => void): Painter {
  let shown: readonly string[] | undefined;
  return {
    forget() {
      shown = undefined;
    },
    paint(frame) {
      const lines = frame.split('\n');
      const before = shown ?? [];
      const parts = shown === undefined ? [`${csi}2J`] : [];
      for (let row = 0; row < Math.max(lines.length, before.length); row += 1) {
        const line = lines[row] ?? '';
        if (line !== before[row]) parts.push(`${csi}${row + 1};1H${csi}0m${line}${csi}0m${csi}K`);
      }
      shown = lines;
      if (parts.length > 0) write(begin + parts.join('') + end);
    },
  };
}
