import type { Call, ImageResult, Progress } from '../../core/engine.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { findImage } from '../../core/image/find-image.ts';
import type { ImageEntry, ObtainableImage } from '../../core/image/image-entry.ts';
import type { ImageChoiceOf } from '../../core/image-operations.ts';
import type { CachedImage, ImageProgress, ImageWork } from '../../core/ports/image-cache.ts';
import { daysSince, isStale } from '../../core/view/image-trust.ts';
import type { Dependencies } from '../dependencies.ts';

/** From the cache, else downloaded (vendor) or built here (local). */
export async function obtainImage(
  deps: Dependencies,
  call: Call,
  entry: ObtainableImage,
  options: { readonly force: boolean } & Pick<ImageWork, 'beforeKeeping'>,
): Promise<CachedImage> {
  const images = await deps.images();
  const label = `${entry.id} (${entry.arch})`;
  if (!options.force) {
    const cached = await images.lookup(entry);
    if (cached) return cached;
  }
  refuseOffline(deps, entry);
  const verb = entry.kind === 'local' ? 'build' : 'download';
  call.report({ kind: 'step', step: `${verb} image ${label}`, state: 'running' });
  try {
    const tell = stepsInTurn(call, entry.id);
    const work = {
      force: options.force,
      signal: call.signal,
      onProgress: tell.progress,
      ...(options.beforeKeeping === undefined ? {} : { beforeKeeping: options.beforeKeeping }),
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

/** Building reads the package servers of the distribution, so it needs the network as a download does. */
function refuseOffline(deps: Dependencies, { id, arch, kind }: ObtainableImage): void {
  if (!deps.offline) return;
  const what = kind === 'local' ? 'building it needs packages from the network' : 'downloading it needs the network';
  fail('image.offline', `${id} (${arch}) is not in the cache; ${what}, and --offline was given.`, {
    details: { id, arch },
    next: ['sysmonvm image list --cached', 'sysmonvm image import DIRECTORY'],
  });
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
      const { bytesDone, bytesTotal, bytesPerSecond, secondsLeft } = progress;
      return {
        kind: 'bytes',
        what: id,
        done: bytesDone,
        ...(bytesTotal === undefined ? {} : { total: bytesTotal }),
        ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
        ...(secondsLeft === undefined ? {} : { secondsLeft }),
      };
    }
    case 'retrying':
      return {
        kind: 'notice',
        level: 'info',
        text: `${progress.url}: ${progress.why}; try ${progress.attempt} of ${progress.attempts} in ${progress.waitSeconds} s`,
      };
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

/** Into the cache when it is not there; the lock file alone decides which bytes are accepted. */
export async function pullImage(
  deps: Dependencies,
  call: Call,
  { id, arch = deps.hostArch, force }: ImageChoiceOf & { readonly force: boolean },
): Promise<ImageResult> {
  const entry = findImage(await deps.lockFiles.merged(), id, arch);
  warnOfAge(deps, call, entry);
  const images = await deps.images();
  const before = force ? undefined : await images.lookup(entry);
  const image = before ?? (await obtainImage(deps, call, entry, { force }));
  const source = before ? 'cached' : entry.kind === 'local' ? 'built' : 'downloaded';
  return imageResult(deps, entry, image, source);
}

export async function imageResult(
  deps: Dependencies,
  { id, arch, provenance: { level } }: ImageEntry,
  { digest, path }: CachedImage,
  source: ImageResult['source'],
): Promise<ImageResult> {
  return { id, arch, level, digest, path, sizeBytes: await deps.files.size(path), source };
}

function warnOfAge(deps: Dependencies, call: Call, entry: ImageEntry): void {
  if (entry.kind === 'local') return;
  const now = deps.clock.now();
  if (!isStale(entry.provenance.verifiedAt, now)) return;
  const days = daysSince(entry.provenance.verifiedAt, now);
  const text = `The signature of ${entry.id} was last checked ${days} days ago; what was published since is not known. \`sysmonvm image update ${entry.id}\` asks.`;
  call.report({ kind: 'notice', level: 'warning', text });
}
