import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getAsset, isSea } from 'node:sea';
import { parseArgs } from 'node:util';
import { handleSignals } from '../host/process/signals.ts';
import { checkerVersion } from './checker-version.ts';
import { readConfig } from './read-config.ts';
import { runChecker, sampleOnce } from './run-checker.ts';

const usage = `serviceradar-sysmon-vm: CPU frequency, capacity and use of this machine by gRPC, OTLP and Prometheus

Usage: serviceradar-sysmon-vm [--config FILE] [--check-config | --sample | --licenses | --version | --help]

  --config FILE    the configuration (default: /etc/serviceradar/checkers/sysmon-vm.json)
  --check-config   tells whether the configuration is right, and ends
  --sample         prints one sample as JSON, and ends
  --licenses       prints the licenses of everything in this program, and ends
  --version        prints the version, and ends
`;

const exitCodes = { done: 0, failed: 1, usage: 2, config: 3 };
const print = (text: string) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
const log = (line: string) => process.stderr.write(`${line}\n`);

async function main(argv: readonly string[]): Promise<number> {
  const asked = parse(argv);
  if (typeof asked === 'string') {
    log(`${asked}\n\n${usage}`);
    return exitCodes.usage;
  }
  if (asked.help) return done(usage);
  if (asked.version) return done(checkerVersion);
  if (asked.licenses) return done(licenses());
  const read = readConfig(asked.config, process.env);
  if (read.config === undefined) {
    for (const { place, message } of read.problems) log(`${read.file}: ${place}: ${message}`);
    return exitCodes.config;
  }
  if (asked['check-config']) return done(`${read.file}: right`);
  if (asked.sample) return done(await sampleOnce(read.config));
  log(`serviceradar-sysmon-vm ${checkerVersion}, configuration from ${read.file}`);
  await runChecker(read.config, handleSignals().signal, log);
  return exitCodes.done;
}

/** Of the executable; run by a Node of its own, what is known lies beside it. */
function licenses(): string {
  if (isSea()) return getAsset('licenses.txt', 'utf8');
  return readFileSync(join(dirname(process.argv[1] ?? ''), 'checker-licenses.txt'), 'utf8');
}

function done(text: string): number {
  print(text);
  return exitCodes.done;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        config: { type: 'string' },
        'check-config': { type: 'boolean', default: false },
        sample: { type: 'boolean', default: false },
        licenses: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    }).values;
  } catch (error) {
    return (error as Error).message;
  }
}

// Whoever reads only the first lines, as head does, has what was wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    log(error instanceof Error ? `serviceradar-sysmon-vm: ${error.message}` : String(error));
    process.exitCode = exitCodes.failed;
  },
);
