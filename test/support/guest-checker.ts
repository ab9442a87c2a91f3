import { join } from 'node:path';
import { pythonClient } from './python-line-program.ts';

/** What `vm-install --json` prints, as far as the tests look at it. */
export interface CheckerReport {
  readonly action: string;
  readonly installed: boolean;
  readonly service?: string;
  readonly health?: string;
  readonly address?: string;
  readonly certificates?: string;
  readonly checker?: { readonly digest: string };
  readonly removed?: readonly string[];
  readonly sample?: {
    readonly cpus: readonly {
      readonly cpu: number;
      readonly usagePercent?: number;
      readonly frequency?: { readonly hz: number; readonly source: string; readonly quality: string };
    }[];
    readonly memory: { readonly usedBytes: number; readonly totalBytes: number };
  };
}

/** Of the caller's npm: where `build-checker` fetches its Node from. */
export const npmSettings = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name === 'NODE_EXTRA_CA_CERTS' || /^npm_config_/i.test(name)),
) as Record<string, string>;

export const checkerPort = ({ address = '' }: CheckerReport): number => Number(address.replace('127.0.0.1:', ''));

/** An independent client with the pair of the VM. */
export async function checkerClient(report: CheckerReport) {
  const of = (name: string) => join(report.certificates ?? '', `${name}.pem`);
  return pythonClient(checkerPort(report), { ca: of('ca'), cert: of('client'), key: of('client-key') });
}
