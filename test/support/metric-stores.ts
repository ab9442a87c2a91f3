import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { unpackedDebian } from './unpacked-debian.ts';

interface PrometheusResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface MetricStore {
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

/** Debian's Prometheus on 127.0.0.1, which scrapes these ports of 127.0.0.1 every second. */
export async function startPrometheus(targets: readonly number[]): Promise<MetricStore> {
  return startStore('prometheus', async (folder, port) => {
    const config = join(folder, 'prometheus.yml');
    const scraped = targets.map((target) => `'127.0.0.1:${target}'`).join(', ');
    await writeFile(
      config,
      `scrape_configs:\n- job_name: checker\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  static_configs:\n  - targets: [${scraped}]\n`,
    );
    const storage = `--storage.tsdb.path=${folder}/data`;
    return [`--config.file=${config}`, storage, `--web.listen-address=127.0.0.1:${port}`];
  });
}

/**
 * The VictoriaMetrics of Debian 13 on 127.0.0.1, unpacked beside: it receives OTLP over HTTP and is asked as Prometheus
 * is. (Debian builds its Prometheus without the OTLP receiver.)
 */
export async function startOtlpStore(): Promise<MetricStore> {
  const packages = () => ['victoria-metrics/trixie'];
  const root = unpackedDebian({ folder: 'victoria-metrics', suite: 'trixie', packages });
  return startStore(join(root, 'usr/bin/victoria-metrics'), async (folder, port) => [
    `-storageDataPath=${folder}/data`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-opentelemetry.usePrometheusNaming',
    '-search.latencyOffset=0s',
    '-memory.allowedBytes=200MB',
  ]);
}

async function startStore(
  program: string,
  argumentsIn: (folder: string, port: number) => Promise<readonly string[]>,
): Promise<MetricStore> {
  const folder = await mkdtemp(join(tmpdir(), 'sm-store-'));
  const port = await freePort();
  const child = spawn(program, await argumentsIn(folder, port), { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
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
          throw new Error(`${program} knows nothing of ${text}: ${answer}\n${words}`);
        await wait(50);
      }
    },
    end: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ask(port: number, text: string) {
  const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`;
  const answer = await fetch(url).catch((error: unknown) => String(error));
  if (typeof answer === 'string') return { results: [], answer };
  // A store that is still starting says so in plain words.
  if (!answer.ok) return { results: [], answer: `${answer.status} ${await answer.text()}` };
  const body = (await answer.json()) as { readonly data?: { readonly result: readonly PrometheusResult[] } };
  return { results: body.data?.result ?? [], answer: JSON.stringify(body) };
}
