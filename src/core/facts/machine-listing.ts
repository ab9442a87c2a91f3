/**
 * Reads a listing of machine code as a disassembler prints it, one instruction a line:
 *
 *   0ca: cc              | int3
 *
 * Offsets and bytes are hexadecimal, what follows `|` is for people, gaps are zero. An offset that does not follow
 * from the bytes before it is refused, so that a listing cannot go stale in the middle.
 */
export function assembleListing(listing: string, size: number): Uint8Array {
  return placeListing(listing, new Uint8Array(size));
}

/** Over code that is there already. */
export function placeListing(listing: string, code: Uint8Array): Uint8Array {
  let end = 0;
  for (const line of listing.split('\n')) {
    const row = /^\s*([0-9a-f]{3,4}):((?:\s+[0-9a-f]{2})+)\s*\|/.exec(line);
    if (row === null) {
      if (line.trim() !== '' && !line.trim().startsWith('#')) throw new Error(`not a row of a listing: ${line}`);
      continue;
    }
    const offset = Number.parseInt(row[1] ?? '', 16);
    if (offset < end) throw new Error(`offset ${row[1]} lies in what was already placed: ${line}`);
    const bytes = (row[2] ?? '')
      .trim()
      .split(/\s+/)
      .map((byte) => Number.parseInt(byte, 16));
    code.set(bytes, offset);
    end = offset + bytes.length;
  }
  return code;
}
