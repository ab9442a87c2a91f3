/** In words, for somebody who expected something else. */
export function describeContent(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const text = Buffer.from(bytes.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text === '') return 'a file of blanks';
  if (/^<(!doctype html|html|head|body|title|h1)\b/i.test(text)) return withTitle('an HTML page', text);
  if (text.startsWith('<')) return 'an XML or HTML file';
  if (/^[[{]/.test(text)) return 'a JSON file';
  const armored = /^-----BEGIN PGP ([A-Z ]+)-----/m.exec(text)?.[1];
  if (armored !== undefined) return `an OpenPGP file ("${armored}")`;
  if (/^(SHA\d+ \(|[0-9a-f]{64,128}\b)/m.test(text)) return 'a list of digests';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what tells binary data from text
  return /[\u0000-\u0008\uFFFD]/.test(text) ? 'binary data' : 'plain text';
}

function withTitle(what: string, text: string): string {
  const title = /<title>([^<]{1,80})/i.exec(text)?.[1]?.trim();
  return title === undefined || title === '' ? what : `${what} ("${title}")`;
}
