import { Readable } from 'node:stream';
import type { MaybeStream, PublicKey } from 'openpgp';
import { type OpenPgpModule, strictConfig } from './open-pgp.ts';
import type { ChosenSignature } from './signature-file.ts';
import { clockToleranceMs } from './signature-policy.ts';
import { openData, type SignedData } from './signed-data.ts';
import { reasonOf } from './trust-failure.ts';

/** Why it does not verify; undefined when it does. Errors of reading the data are thrown. */
export async function verifyVersion4(
  { packet }: ChosenSignature,
  key: PublicKey,
  data: SignedData,
  now: Date,
  pgp: OpenPgpModule,
): Promise<string | undefined> {
  const config = strictConfig(pgp);
  const input = 'bytes' in data ? undefined : openData(data);
  let readError: unknown;
  input?.once('error', (error) => {
    readError = error;
  });
  try {
    const signature = await pgp.readSignature({ binarySignature: packet.bytes, config });
    const binary = input === undefined ? (data as { bytes: Uint8Array }).bytes : toWeb(input);
    const { signatures, data: seen } = await pgp.verify({
      message: await pgp.createMessage<MaybeStream<Uint8Array>>({ binary }),
      signature,
      verificationKeys: key,
      expectSigned: true,
      format: 'binary',
      date: new Date(now.getTime() + clockToleranceMs),
      config,
    });
    // The signature is decided when the data has been read to its end.
    if (!(seen instanceof Uint8Array)) for await (const _ of seen as AsyncIterable<Uint8Array>);
    const [only, ...more] = signatures;
    if (only === undefined || more.length > 0) return `${signatures.length} signatures were found instead of one`;
    return (await only.verified) === true ? undefined : 'the signature does not match';
  } catch (error) {
    if (readError !== undefined) throw readError;
    return reasonOf(error);
  } finally {
    input?.destroy();
  }
}

const toWeb = (input: Readable) => Readable.toWeb(input) as unknown as MaybeStream<Uint8Array>;
