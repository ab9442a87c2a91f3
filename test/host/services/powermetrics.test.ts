import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type PowermetricsCollector,
  powermetricsCollector,
} from '../../../src/checker/sources/powermetrics-collector.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/powermetrics/${name}`, import.meta.url));
const started: PowermetricsCollector[] = [];
afterEach(() => {
  for (const collector of started.splice(0)) collector.close?.();
});

/** A collector over the strict stand-in, and how often that was started. */
async function collectorThat(how: string, file = 'm1.plists') {
  const directory = await temporaryDirectory('sm-power-');
  const lists = join(directory, file);
  await copyFile(fixture(file), lists);
  await writeFile(`${lists}.starts`, '');
  const command = [process.execPath, fixture('powermetrics.mjs'), how, lists];
  const collector = powermetricsCollector({ intervalMs: 1000, command, pauseMs: () => 10 });
  started.push(collector);
  return { collector, starts: async () => (await readFile(`${lists}.starts`, 'utf8')).split('\n').length - 1 };
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await systemClock.sleep(20);
  }
}

const failureOf = async (collector: PowermetricsCollector): Promise<string | undefined> => {
  try {
    await collector.collect(Date.now());
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the powermetrics collector', () => {
  it('gives the last sample of the running tool, and never the first list, which covers the time before [R-84]', async () => {
    const { collector } = await collectorThat('stream');
    const readings = await until(async () => {
      const now = await collector.collect(Date.now());
      return now.length === 0 ? undefined : now;
    });
    const cluster = readings.filter(({ attributes }) => attributes['sysmonvm.cluster'] === 'ECPU');
    expect(cluster.map(({ value }) => value)).toContain(1_016_000_000);
    expect(cluster.map(({ value }) => value)).not.toContain(1_100_000_000);
    expect(collector.isFresh(Date.now())).toBe(true);
  });

  it('gives nothing once the last sample has grown old', async () => {
    const { collector } = await collectorThat('stream');
    await until(async () => ((await collector.collect(Date.now())).length === 0 ? undefined : true));
    expect(await collector.collect(Date.now() + 60_000)).toEqual([]);
  });

  it('starts the tool anew when it ends', async () => {
    const { starts } = await collectorThat('end', 'm1-pro.plists');
    await until(async () => ((await starts()) >= 3 ? true : undefined));
  });

  it('says that root is needed, and how that is given [R-10] [R-87]', async () => {
    const { collector } = await collectorThat('refuse');
    const said = await until(() => failureOf(collector));
    expect(said).toContain('needs root: powermetrics must be invoked as the superuser');
    expect(said).toContain('host-install');
    expect(said).toContain('sudoers');
  });

  it('says when the tool is not there, and when it writes no property lists', async () => {
    const absent = powermetricsCollector({ intervalMs: 1000, command: ['/nonexistent/powermetrics'] });
    started.push(absent);
    expect(await until(() => failureOf(absent))).toContain('cannot be started: ENOENT');
    const { collector } = await collectorThat('garbage');
    expect(await until(() => failureOf(collector))).toContain('no property list');
  });
});
