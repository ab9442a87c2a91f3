import { drawnLanes } from '../../../core/measure/report/boot-lanes.ts';
import { waterfallFile } from '../../../core/measure/report/waterfall-svg.ts';
import type { DrawRequest, WrittenFile } from '../../../core/measure/report-operations.ts';
import type { Dependencies } from '../../dependencies.ts';
import { byteLength } from './write-report.ts';

export async function drawBoot(
  { files }: Pick<Dependencies, 'files'>,
  { title, lanes, path }: DrawRequest,
): Promise<WrittenFile> {
  const text = waterfallFile(title, drawnLanes(lanes));
  await files.write(path, text);
  return { format: 'svg', path, bytes: byteLength(text) };
}
