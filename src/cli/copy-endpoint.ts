import { fail } from '../core/errors/sysmonvm-error.ts';
import { vmNamePattern } from '../core/ids/vm-name.ts';

type Endpoint =
  | { readonly side: 'host'; readonly path: string }
  /** `vm` is empty for the VM of the configuration. */
  | { readonly side: 'guest'; readonly vm: string; readonly path: string };

/** `build:/etc/hosts` and `:/etc/hosts` are in a guest; a path with a slash before its first colon is ours. */
function readEndpoint(text: string): Endpoint {
  const at = text.indexOf(':');
  const before = text.slice(0, Math.max(0, at));
  const isGuest = at >= 0 && (before === '' || vmNamePattern.test(before));
  if (!isGuest) return { side: 'host', path: text };
  return { side: 'guest', vm: before, path: text.slice(at + 1) || '.' };
}

export interface CopyDirection {
  readonly direction: 'upload' | 'download';
  readonly vm: string;
  readonly local: string;
  readonly remote: string;
}

export function readCopy(source: string, destination: string): CopyDirection {
  const [from, to] = [readEndpoint(source), readEndpoint(destination)];
  if (from.side === 'host' && to.side === 'guest') {
    return { direction: 'upload', vm: to.vm, local: from.path, remote: to.path };
  }
  if (from.side === 'guest' && to.side === 'host') {
    return { direction: 'download', vm: from.vm, local: to.path, remote: from.path };
  }
  return fail('usage.invalid-argument', 'One of the two must be in a guest (NAME:PATH), the other one here.', {
    details: { source, destination },
    next: ['sysmonvm copy ./file NAME:/tmp/file', 'sysmonvm copy NAME:/var/log ./logs'],
  });
}

/** `DIR:/src` of `run --sync`; the part in the guest begins after the last colon. */
export function readPair(flag: string, text: string, cut: 'first' | 'last'): readonly [string, string] {
  const at = cut === 'first' ? text.indexOf(':') : text.lastIndexOf(':');
  const [left, right] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (at <= 0 || right === '') {
    fail('usage.invalid-argument', `${flag} is "${text}"; accepted are two paths with a colon between them.`);
  }
  return [left, right];
}
