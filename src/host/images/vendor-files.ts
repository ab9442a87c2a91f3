import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { VendorFiles } from '../../core/ports/vendor-files.ts';
import { createDispatcher, networkFailure, type TransportOptions } from './transport.ts';
import { discard, safeRequest } from './transport-request.ts';

/** Small files, from the host that is named and no other. */
export function createVendorFiles(
  transport: TransportOptions = {},
  { offline = false }: { readonly offline?: boolean } = {},
): VendorFiles {
  return {
    async fetch(url, { limitBytes, signal }) {
      if (offline) throw cannotAsk(url, 'the network was forbidden');
      const dispatcher = createDispatcher(transport);
      const { host } = new URL(url);
      try {
        const answer = await safeRequest(
          { what: 'The file', url, mayAsk: (other) => other === host, ...(signal === undefined ? {} : { signal }) },
          dispatcher,
        );
        const { statusCode } = answer;
        if (statusCode === 200) return await readLimited(answer.body, url, limitBytes);
        await discard(answer);
        if (statusCode === 404 || statusCode === 410) throw notThere(url, statusCode);
        throw failed(url, `the server answered ${statusCode}`);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof SysmonvmError) throw error;
        const { why, away } = networkFailure(error);
        throw away ? cannotAsk(url, why, error) : failed(url, why, error);
      } finally {
        await dispatcher.destroy();
      }
    },
  };
}

async function readLimited(body: AsyncIterable<Buffer>, url: string, limitBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let done = 0;
  for await (const chunk of body) {
    done += chunk.length;
    if (done > limitBytes)
      throw new SysmonvmError('image.too-large', `${url} has more than the ${limitBytes} bytes that such a file has.`, {
        details: { url, limitBytes },
        next: [`curl -sSI ${url}`],
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function notThere(url: string, statusCode: number): SysmonvmError {
  return new SysmonvmError('image.not-found', `There is no ${url}: the server answered ${statusCode}.`, {
    details: { url, statusCode },
    next: [`curl -sSI ${url}`],
  });
}

function failed(url: string, why: string, cause?: unknown): SysmonvmError {
  return new SysmonvmError('image.download-failed', `${url} could not be read: ${why}.`, {
    details: { url, why },
    next: [`curl -sSI ${url}`],
    cause,
  });
}

function cannotAsk(url: string, why: string, cause?: unknown): SysmonvmError {
  return new SysmonvmError('image.offline', `${url} cannot be read: ${why}.`, {
    details: { url, why },
    next: ['sysmonvm image list   # what is known without network'],
    cause,
  });
}
