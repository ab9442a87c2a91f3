import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
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
  let input: Readable | undefined;
  let whole: Promise<void> | undefined;
  try {
    const signature = await pgp.readSignature({ binarySignature: packet.bytes, config });
    input = 'bytes' in data ? undefined : openData(data);
    whole = input === undefined ? undefined : finished(input, { writable: false });
    whole?.catch(() => undefined);
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
    const matches = (await only.verified) === true;
    if (isCut(input)) await whole;
    return matches ? undefined : 'the signature does not match';
  } catch (error) {
    if (isCut(input)) await whole;
    return reasonOf(error);
  } finally {
    input?.destroy();
  }
}

/** A web stream made of one that failed early ends as if there were nothing more to read. */
const isCut = (input: Readable | undefined): boolean => input?.destroyed === true && !input.readableEnded;

const toWeb = (input: Readable) => Readable.toWeb(input) as unknown as MaybeStream<Uint8Array>;
