const esc = '\\u001b';
/** CSI, OSC and other strings, two-character sequences. */
const escapeSequences = new RegExp(
  [
    `${esc}\\[[0-?]*[ -/]*[@-~]`,
    `${esc}\\][^\\u0007\\u001b]*(?:\\u0007|${esc}\\\\)`,
    `${esc}[PX^_][^\\u001b]*${esc}\\\\`,
    `${esc}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
/** Made from text, because in a literal they would be an oversight. */
const controls = new RegExp(['[\u0000-\u0008', '\u000b-\u001f', '\u007f-\u009f]'].join(''), 'g');

/** A line of a guest without what could move the cursor, colour or retitle the terminal of the person who reads it. */
export function printable(line: string): string {
  return line.replace(escapeSequences, '').replace(controls, '');
}
