import type { Dependencies } from '../dependencies.ts';

/** The guardian keeps the beginning and the newest part of a long console log; see src/host/qemu/guardian-script.ts. */
const leftOut = '[sysmonvm: output is left out here; of a long console log the beginning and the newest part are kept]';

/** The last lines of a run's console, over all the parts that are kept of it. */
export async function consoleLines(
  { files }: Pick<Dependencies, 'files'>,
  runDirectory: string,
  lines: number,
): Promise<readonly string[]> {
  const newest = await files.tail(`${runDirectory}/console.log`, lines);
  const old = await files.read(`${runDirectory}/console.old.log`);
  if (newest.length >= lines || old === undefined) return newest;
  const first = await files.read(`${runDirectory}/console.first.log`);
  const current = (await files.read(`${runDirectory}/console.log`)) ?? '';
  const text = first === undefined ? old + current : `${first}\n${leftOut}\n${old}${current}`;
  return text.replace(/\n$/, '').split('\n').slice(-lines);
}
