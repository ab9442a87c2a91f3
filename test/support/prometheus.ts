import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { temporaryDirectory } from './temporary-directory.ts';

interface PrometheusResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface PrometheusOptions {
  /** Of another release than the installed one. */
  readonly binary?: string;
  readonly port?: number;
  /** Of 127.0.0.1; scraped every second. */
  readonly targets?: readonly number[];
  readonly flags?: readonly string[];
}

export interface Prometheus {
  readonly port: number;
  /** Asks until there is an answer with a result; after that time, with what it said last. */
  query(text: string, timeoutMs?: number): Promise<readonly PrometheusResult[]>;
  end(): Promise<void>;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A real Prometheus on 127.0.0.1. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<Prometheus> {
  const { binary = 'prometheus', targets = [], flags = [] } = options;
  const folder = await temporaryDirectory('sm-prom-');
  const port = options.port ?? (await freePort());
  const config = join(folder, 'prometheus.yml');
  const scraped = targets.map((target) => `'127.0.0.1:${target}'`).join(', ');
  await writeFile(
    config,
    `scrape_configs:\n- job_name: checker\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  static_configs:\n  - targets: [${scraped}]\n`,
  );
  const places = [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`];
  const child = spawn(binary, [...places, `--web.listen-address=127.0.0.1:${port}`, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4000);
  });
  return {
    port,
    query: async (text, timeoutMs = 60_000) => {
      const until = performance.now() + timeoutMs;
      for (;;) {
        const { results, answer } = await ask(port, text);
        if (results.length > 0) return results;
        if (performance.now() > until || child.exitCode !== null)
          throw new Error(`prometheus knows nothing of ${text}: ${answer}\n${words}`);
        await wait(50);
      }
    },
    end: () => endOf(child),
  };
}

async function ask(port: number, text: string) {
  const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`;
  const answer = await fetch(url).catch((error: unknown) => String(error));
  if (typeof answer === 'string') return { results: [], answer };
  const body = (await answer.json()) as { readonly data?: { readonly result: readonly PrometheusResult[] } };
  return { results: body.data?.result ?? [], answer: JSON.stringify(body) };
}

async function endOf(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
