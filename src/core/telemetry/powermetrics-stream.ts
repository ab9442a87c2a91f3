const start = '<?xml';
const end = '</plist>';
/** A sample of a Mac with 24 cores is some 100 kB. */
const mostWaiting = 4 * 1024 * 1024;

/**
 * Cuts the output of powermetrics into property lists. It writes a NUL before each one but the first, so a list is known
 * to be complete by its last tag: waiting for the NUL would be waiting for the next sample.
 */
export interface PlistStream {
  /** The lists that are complete with this text. */
  push(text: string): readonly string[];
}

export function plistStream(): PlistStream {
  let waiting = '';
  return {
    push(text) {
      waiting += text.replaceAll('\0', '');
      const complete: string[] = [];
      for (let at = waiting.indexOf(end); at !== -1; at = waiting.indexOf(end)) {
        const list = waiting.slice(0, at + end.length);
        waiting = waiting.slice(at + end.length);
        const from = list.lastIndexOf(start);
        if (from !== -1) complete.push(list.slice(from));
      }
      if (waiting.length > mostWaiting) waiting = '';
      return complete;
    },
  };
}
