import { guestPlaces } from '../../core/checker-install/guest-places.ts';
import type { Call } from '../../core/engine.ts';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { CopyProgress } from '../../core/ports/guest-shell.ts';
import type { Dependencies } from '../dependencies.ts';
import { type GuestFiles, uploadedTexts } from './guest-files.ts';
import type { CheckedGuest } from './guest-installation.ts';
import { placeCheckerScript, unpackCheckerScript } from './install-script.ts';

/** In the home of the login user, for as long as the installation takes. */
const uploadFolder = '.sysmonvm-checker';

/** Uploads, tries the executable in the guest, then puts everything in its place and starts the service. */
export async function placeChecker(
  deps: Dependencies,
  call: Call,
  guest: CheckedGuest,
  files: GuestFiles,
  withBinary: boolean,
): Promise<void> {
  const { root, connection, deadline } = guest;
  try {
    await uploadTexts(deps, guest, uploadedTexts(files));
    if (withBinary) {
      const onProgress = ({ bytesDone, bytesTotal }: CopyProgress): void =>
        call.report({ kind: 'bytes', what: 'checker, compressed', done: bytesDone, total: bytesTotal });
      await connection.upload(files.checker.compressed.path, `${uploadFolder}/checker.gz`, deadline, onProgress);
      call.report({ kind: 'step', step: 'unpack and try the checker in the guest', state: 'running' });
      await unpacked(guest, files.checker.digest);
      call.report({ kind: 'step', step: 'unpack and try the checker in the guest', state: 'done' });
    }
    call.report({ kind: 'step', step: 'install', state: 'running' });
    await root.run(placeCheckerScript, [uploadFolder, guestPlaces.user, files.unit === undefined ? 'no' : 'yes']);
    call.report({ kind: 'step', step: 'install', state: 'done' });
  } finally {
    await root.run('rm -rf "$1"', [uploadFolder]).catch(() => undefined);
  }
}

async function unpacked({ name, root }: CheckedGuest, digest: string): Promise<void> {
  try {
    await root.run(unpackCheckerScript, [uploadFolder, digest.replace('sha256:', '')]);
  } catch (error) {
    if (!hasCode(error, 'guest.command-failed')) throw error;
    fail('checker.guest-unfit', `${name}: ${error.message}`, { cause: error });
  }
}

/** By way of a folder of ours: what is uploaded keeps its modes, and a key is never readable by others. */
async function uploadTexts(
  { files }: Dependencies,
  { kept, connection, deadline }: CheckedGuest,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  const local = `${kept.directory}/checker/upload`;
  await files.remove(local);
  await files.makeDirectory(`${local}/tls`, 0o700);
  try {
    for (const [name, text] of Object.entries(texts))
      await files.write(`${local}/${name}`, text, 0o600, { durable: false });
    if (!Object.keys(texts).some((name) => name.startsWith('tls/'))) await files.remove(`${local}/tls`);
    await connection.upload(local, uploadFolder, deadline);
  } finally {
    await files.remove(local);
  }
}
