/** Lines of a byte stream; a long one is put together once, not with every chunk. */
export function lineReader(onLine: (line: Buffer) => void): (chunk: Buffer) => void {
  let held: Buffer[] = [];
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
      held.push(chunk.subarray(from, at));
      const line = held.length === 1 ? held[0] : Buffer.concat(held);
      held = [];
      from = at + 1;
      if (line !== undefined && line.length > 0) onLine(line);
    }
    if (from < chunk.length) held.push(chunk.subarray(from));
  };
}
