import { createRequire } from 'node:module';

interface XmlElement {
  readonly tagName: string;
  readonly textContent: string;
  getAttribute(name: string): string | null;
}
export interface XmlDocument {
  getElementsByTagName(name: string): ArrayLike<XmlElement>;
}
interface Xmldom {
  readonly DOMParser: new (options: {
    onError: (level: string, message: string) => void;
  }) => { parseFromString(text: string, type: string): XmlDocument };
}

/** The parser that plist brings along. */
const inPlist = createRequire(new URL('../../node_modules/plist/package.json', import.meta.url));
const { DOMParser } = inPlist('@xmldom/xmldom') as Xmldom;

/** @throws on anything that is not well-formed, warnings included */
export function parseXml(text: string): XmlDocument {
  const parser = new DOMParser({
    onError: (level, message) => {
      // It is what stands for characters that XML does not have.
      if (!message.startsWith('Unicode replacement character')) throw new Error(`${level}: ${message}`);
    },
  });
  return parser.parseFromString(text, 'text/xml');
}

export const elements = (document: XmlDocument, name: string): readonly XmlElement[] =>
  Array.from(document.getElementsByTagName(name));
