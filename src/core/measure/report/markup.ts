/** Text that is markup already. Everything else that goes into a template is escaped, so a name can never become an element. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | undefined | readonly Part[];

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** No characters of XML 1.0, whichever way they are written. Made from text, as in `printable`. */
const impossible = new RegExp(
  ['[\u0000-\u0008\u000b\u000c', '\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\\p{Surrogate}'].join(''),
  'gu',
);

/** C0 controls become the pictures that Unicode has for them, so that what was there can still be seen. */
function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '\ufffd';
}

/** For HTML, SVG and XML, in text and in attributes; line ends survive in attributes too. */
function escapeMarkup(text: string): string {
  return text
    .replace(impossible, picture)
    .replace(/[&<>"']/g, (character) => named[character] ?? '')
    .replace(/[\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function partText(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeMarkup(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(partText).join('');
}

export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.map((text, index) => text + partText(parts[index])).join('') };
}

/** For text that this program wrote: a style sheet, a drawing. */
export const trusted = (text: string): Markup => ({ markup: text });
