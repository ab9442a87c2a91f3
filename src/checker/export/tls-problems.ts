import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type CheckerConfig, type ConfigProblem, tlsFiles } from '../../core/checker/config.ts';

/** What keeps the files of TLS from being used: each that cannot be read, a key that others read, a pair that is none. */
export function tlsProblems(security: CheckerConfig['security']): readonly ConfigProblem[] {
  const { certFile, keyFile, caFile, clientCaFile } = tlsFiles(security);
  const named = { cert_file: certFile, key_file: keyFile, ca_file: caFile, client_ca_file: clientCaFile };
  const texts = new Map<string, Buffer>();
  const problems = Object.entries(named).flatMap(([key, file]): readonly ConfigProblem[] => {
    try {
      texts.set(key, readFileSync(file));
      return key === 'key_file' ? modeProblems(file) : [];
    } catch (error) {
      return [problem(key, `${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`)];
    }
  });
  return problems.length > 0 ? problems : pairProblems(texts);
}

const problem = (key: string, message: string): ConfigProblem => ({ place: `security.tls.${key}`, message });

function modeProblems(file: string): readonly ConfigProblem[] {
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o137) === 0) return [];
  const octal = mode.toString(8).padStart(4, '0');
  return [problem('key_file', `${file} has mode ${octal}; a key is read by its service alone: chmod 0600 or 0640`)];
}

function pairProblems(texts: ReadonlyMap<string, Buffer>): readonly ConfigProblem[] {
  const [cert, key] = [texts.get('cert_file'), texts.get('key_file')];
  const certificate = (name: string) => new X509Certificate(texts.get(name) ?? '');
  const attempts: Readonly<Record<string, () => unknown>> = {
    cert_file: () => createSecureContext({ cert }),
    key_file: () => createSecureContext({ cert, key }),
    ca_file: () => certificate('ca_file'),
    client_ca_file: () => certificate('client_ca_file'),
  };
  for (const [name, attempt] of Object.entries(attempts))
    try {
      attempt();
    } catch (error) {
      return [problem(name, `cannot be used: ${(error as Error).message}`)];
    }
  return [];
}
