import type { CheckerCertificates } from '../../core/ports/certificate-maker.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CheckedGuest } from './guest-installation.ts';

const names = ['ca.pem', 'server.pem', 'server-key.pem', 'client.pem', 'client-key.pem'] as const;
/** A pair that is soon to end is made anew by the next installation. */
const renewBeforeMs = 30 * 24 * 3600 * 1000;

export const certificateFolder = ({ kept }: Pick<CheckedGuest, 'kept'>): string => `${kept.directory}/checker`;

export async function readCertificates(
  deps: Pick<Dependencies, 'files'>,
  guest: Pick<CheckedGuest, 'kept'>,
): Promise<CheckerCertificates | undefined> {
  const texts = await Promise.all(names.map((name) => deps.files.read(`${certificateFolder(guest)}/${name}`)));
  const [ca, server, serverKey, client, clientKey] = texts;
  if (!ca || !server || !serverKey || !client || !clientKey) return undefined;
  return { ca, server: { certificate: server, key: serverKey }, client: { certificate: client, key: clientKey } };
}

/** Those of the VM's directory, with which they are removed; made when they are missing, for another name, or old. */
export async function certificatesOf(
  deps: Pick<Dependencies, 'files' | 'clock' | 'checkerTools'>,
  guest: Pick<CheckedGuest, 'kept' | 'name'>,
): Promise<CheckerCertificates> {
  const { certificates } = await deps.checkerTools();
  const now = deps.clock.now();
  const known = await readCertificates(deps, guest);
  if (known && certificates.isGood(known.server.certificate, guest.name, now, renewBeforeMs)) return known;
  const made = await certificates.make(guest.name, now);
  const { ca, server, client } = made;
  const texts = [ca, server.certificate, server.key, client.certificate, client.key];
  const folder = certificateFolder(guest);
  await deps.files.makeDirectory(folder, 0o700);
  for (const [index, name] of names.entries()) await deps.files.write(`${folder}/${name}`, texts[index] ?? '', 0o600);
  return made;
}
