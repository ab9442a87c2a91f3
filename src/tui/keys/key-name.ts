import type { Key } from 'ink';

const named = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  // What the Backspace key of most terminals sends is read as this one too; the two cannot be told apart.
  ['delete', 'backspace'],
] as const;

/** One word for a key, as the key table and the help write it: `down`, `ctrl+c`, `shift+tab`, `space`, `G`. */
function keyName(input: string, key: Key): string {
  for (const [flag, name] of named) if (key[flag] === true) return name;
  if (key.tab) return key.shift ? 'shift+tab' : 'tab';
  if (key.ctrl) return `ctrl+${input}`;
  if (key.meta) return `alt+${input}`;
  return input === ' ' ? 'space' : input;
}

export interface Pressed {
  readonly key: string;
  /** What it types; empty for a key that types nothing. */
  readonly typed: string;
}

const controls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\u001b': 'esc',
  ' ': 'space',
};

/** Ctrl-A to Ctrl-Z are the characters 1 to 26. */
const controlName = (char: string): string =>
  char < '\u001b' ? `ctrl+${String.fromCharCode(char.charCodeAt(0) + 96)}` : char;

/** Keys in the order in which they were pressed: what is typed fast, or pasted, arrives together. */
export function pressedKeys(input: string, key: Key): readonly Pressed[] {
  if (key.ctrl || key.meta || [...input].length <= 1)
    return [{ key: keyName(input, key), typed: key.ctrl || key.meta ? '' : input }];
  return [...input].map((char) => ({ key: controls[char] ?? controlName(char), typed: char }));
}
