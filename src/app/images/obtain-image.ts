import type { Call, ImageResult, Progress } from '../../core/engine.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { GuestArch } from '../../core/host-facts.ts';
import { findImage } from '../../core/image/find-image.ts';
import type { ObtainableImage } from '../../core/image/image-entry.ts';
import type { CachedImage, ImageProgress } from '../../core/ports/image-cache.ts';
import type { Dependencies } from '../dependencies.ts';

/** From the cache, else downloaded (vendor) or built here (local). */
export async function obtainImage(
  deps: Dependencies,
  call: Call,
  entry: ObtainableImage,
  options: { readonly force: boolean },
): Promise<CachedImage> {
  const images = await deps.images();
  const label = `${entry.id} (${entry.arch})`;
  if (!options.force) {
    const cached = await images.lookup(entry);
    if (cached) return cached;
  }
  const verb = entry.kind === 'local' ? 'build' : 'download';
  call.report({ kind: 'step', step: `${verb} image ${label}`, state: 'running' });
  try {
    const tell = stepsInTurn(call, entry.id);
    const work = {
      force: options.force,
      signal: call.signal,
      onProgress: tell.progress,
    };
    const image = entry.kind === 'local' ? await images.build(entry, work) : await images.fetch(entry, work);
    tell.done();
    call.report({ kind: 'step', step: `${verb} image ${label}`, state: 'done' });
    return image;
  } catch (error) {
    if (entry.kind === 'local' || !(error instanceof SysmonvmError) || error.code !== 'image.download-failed')
      throw error;
    throw new SysmonvmError(error.code, error.message, {
      details: error.details,
      next: [
        ...new Set([
          ...error.next,
          `sysmonvm up --image debian-12   # built here from the host's own signed APT sources`,
        ]),
      ],
      cause: error.cause,
    });
  }
}

/** A step is over when the next one begins. */
function stepsInTurn(call: Call, id: string): { progress(progress: ImageProgress): void; done(): void } {
  let current: string | undefined;
  const done = (): void => {
    if (current !== undefined) call.report({ kind: 'step', step: current, state: 'done' });
    current = undefined;
  };
  return {
    done,
    progress(progress) {
      const told = asProgress(id, progress);
      if (told.kind === 'step') {
        if (told.step !== current) done();
        current = told.step;
      }
      call.report(told);
    },
  };
}

function asProgress(id: string, progress: ImageProgress): Progress {
  switch (progress.stage) {
    case 'waiting':
      return { kind: 'waiting', probe: `image ${id}`, answer: `process ${progress.holderPid} is at work on it` };
    case 'downloading': {
      const total = progress.bytesTotal === undefined ? {} : { total: progress.bytesTotal };
      return { kind: 'bytes', what: id, done: progress.bytesDone, ...total };
    }
    case 'retrying':
      return { kind: 'waiting', probe: `image ${id}`, answer: `${progress.why}; try ${progress.attempt} follows` };
    case 'unpacking':
      return { kind: 'step', step: `unpack ${id}`, state: 'running' };
    case 'verifying':
      return { kind: 'step', step: `check the digest of ${id}`, state: 'running' };
    case 'building': {
      const detail = progress.detail === undefined ? {} : { detail: progress.detail };
      return { kind: 'step', step: progress.step, state: 'running', ...detail };
    }
  }
}

export async function fetchImage(
  deps: Dependencies,
  call: Call,
  { id, arch = deps.hostArch, force }: { readonly id: string; readonly arch?: GuestArch; readonly force: boolean },
): Promise<ImageResult> {
  const entry = findImage(await deps.imageLock(), id, arch);
  const images = await deps.images();
  const before = force ? undefined : await images.lookup(entry);
  const image = before ?? (await obtainImage(deps, call, entry, { force }));
  return {
    id,
    arch,
    level: entry.provenance.level,
    digest: image.digest,
    path: image.path,
    sizeBytes: await deps.files.size(image.path),
    source: before ? 'cached' : entry.kind === 'local' ? 'built' : 'downloaded',
  };
}
