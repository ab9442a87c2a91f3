/**
 * The applets of a busybox, read from the program's own table: names one after another, each ended by a zero
 * byte, sorted, so that `[` and `[[` open it; an empty name ends it. Asking the program itself (`--list`) would
 * need to run it, which a host of another architecture cannot.
 */
export const busyboxApplets = (program: Buffer): string[] => {
  const start = program.indexOf('\0[\0[[\0');
  if (start < 0) throw new Error('this busybox has no table of applets');
  const names: string[] = [];
  let at = start + 1;
  while (program[at] !== 0) {
    const end = program.indexOf(0, at);
    names.push(program.toString('latin1', at, end));
    at = end + 1;
  }
  return names.filter((name) => /^[a-z0-9_[.-]+$/i.test(name) && name !== 'busybox');
};
