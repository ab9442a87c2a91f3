/**
 * The start mark: what the wrapper of a command (guest-command-line.ts) prints before it becomes the command.
 *
 *     RS TOKEN ':' PID ':' the line of /proc/PID/stat from the state on RS        (RS is the byte 0x1e)
 *
 * It tells that the command started, and which process and session to signal later. It goes to standard error (with
 * a terminal there is only one stream) and is taken out again, byte for byte. What a login shell printed before it
 * passes through.
 */
export interface StartMark {
  readonly pid: number;
  /** Session of the process, and its start time in clock ticks; absent when /proc could not be read. */
  readonly session: number | undefined;
  readonly startTime: string | undefined;
}

export interface StartMarkFilter {
  /** Returns what belongs to the command or its login shell. */
  push(chunk: Uint8Array): Uint8Array;
  /** What was held back when the stream ended without a mark. */
  rest(): Uint8Array;
  readonly mark: StartMark | undefined;
  /** The beginning of what came before the mark: the words of a login shell or of sudo that refused. */
  preamble(): string;
}

const separator = 0x1e;
const preambleLimit = 4096;
const markLimit = 2048;
const none = new Uint8Array(0);

export function startMarkFilter(token: string, onMark: (mark: StartMark) => void): StartMarkFilter {
  const head = new TextEncoder().encode(`\x1e${token}:`);
  let held = none;
  let mark: StartMark | undefined;
  let preamble = '';

  const pass = (bytes: Uint8Array): Uint8Array => {
    if (preamble.length < preambleLimit) preamble += new TextDecoder().decode(bytes).slice(0, preambleLimit);
    return bytes;
  };

  const push = (chunk: Uint8Array): Uint8Array => {
    if (mark !== undefined) return chunk;
    const bytes = held.length === 0 ? chunk : concatenate(held, chunk);
    const start = indexOf(bytes, head);
    held = none;
    if (start === bytes.length) return pass(bytes);
    const end = start + head.length <= bytes.length ? bytes.indexOf(separator, start + head.length) : -1;
    if (end === -1) {
      if (bytes.length - start > markLimit) return pass(bytes);
      held = bytes.slice(start);
      return pass(bytes.subarray(0, start));
    }
    mark = parseMark(new TextDecoder().decode(bytes.subarray(start + head.length, end)));
    const before = pass(bytes.subarray(0, start));
    onMark(mark);
    return before.length === 0 ? bytes.subarray(end + 1) : concatenate(before, bytes.subarray(end + 1));
  };

  return {
    push,
    rest: () => {
      const bytes = held;
      held = none;
      return bytes;
    },
    get mark() {
      return mark;
    },
    preamble: () => preamble,
  };
}

function parseMark(text: string): StartMark {
  const [pid = '', stat = ''] = text.split(':');
  const fields = stat.trim().split(/\s+/);
  const session = Number(fields[3]);
  return {
    pid: Number(pid),
    session: Number.isInteger(session) && session > 0 ? session : undefined,
    startTime: fields[19],
  };
}

/** Where the needle, or a beginning of it that the next chunk may complete, starts; the length when nowhere. */
function indexOf(bytes: Uint8Array, needle: Uint8Array): number {
  let from = bytes.indexOf(separator);
  while (from !== -1) {
    const length = Math.min(needle.length, bytes.length - from);
    let same = 0;
    while (same < length && bytes[from + same] === needle[same]) same += 1;
    if (same === length) return from;
    from = bytes.indexOf(separator, from + 1);
  }
  return bytes.length;
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
