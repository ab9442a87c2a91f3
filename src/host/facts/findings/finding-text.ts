import type { Finding } from '../../../core/engine.ts';

const MIB = 1024 * 1024;

export function sizeText(bytes: number): string {
  const mib = bytes / MIB;
  return mib >= 1024 ? `${(mib / 1024).toFixed(1)} GiB` : `${Math.floor(mib)} MiB`;
}

export function ok(id: string, summary: string): Finding {
  return { id, status: 'ok', summary };
}

export function warning(id: string, summary: string, remedy: string): Finding {
  return { id, status: 'warning', summary, remedy };
}

export function problem(id: string, summary: string, remedy: string): Finding {
  return { id, status: 'problem', summary, remedy };
}
