/** One line of text that is typed, with its cursor; what a shell's line editor does with the usual keys. */
export interface TextInput {
  readonly text: string;
  /** Before this character. */
  readonly at: number;
}

export const textInput = (text = ''): TextInput => ({ text, at: [...text].length });

/** undefined: the key is none of an editor's. */
export function editText({ text, at }: TextInput, key: string, typed: string): TextInput | undefined {
  const chars = [...text];
  switch (key) {
    case 'left':
      return { text, at: Math.max(0, at - 1) };
    case 'right':
      return { text, at: Math.min(chars.length, at + 1) };
    case 'home':
    case 'ctrl+a':
      return { text, at: 0 };
    case 'end':
    case 'ctrl+e':
      return { text, at: chars.length };
    case 'backspace':
      return at === 0 ? { text, at } : cut(chars, at - 1, at);
    case 'delete':
    case 'ctrl+d':
      return cut(chars, at, at + 1);
    case 'ctrl+u':
      return cut(chars, 0, at);
    case 'ctrl+k':
      return cut(chars, at, chars.length);
    case 'ctrl+w': {
      const before = chars
        .slice(0, at)
        .join('')
        .replace(/\S+\s*$/, '');
      return cut(chars, [...before].length, at);
    }
    default: {
      const clean = [...typed].filter((char) => char >= ' ' && char !== '\u007f');
      if (clean.length === 0) return undefined;
      return { text: [...chars.slice(0, at), ...clean, ...chars.slice(at)].join(''), at: at + clean.length };
    }
  }
}

function cut(chars: readonly string[], from: number, to: number): TextInput {
  return { text: [...chars.slice(0, from), ...chars.slice(to)].join(''), at: from };
}
