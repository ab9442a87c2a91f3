import { fail } from '../errors/sysmonvm-error.ts';

const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** The certificates of a PEM file and nothing else, in lines of 64 as every tool writes them. */
export function authorityCertificates(text: string, path: string): string {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return fail('bootstrap.authority-unusable', `${path} holds a private key; the guest gets certificates only`, {
      details: { path },
    });
  }
  const certificates = [...text.matchAll(block)].map(([, body = '']) => {
    const lines = body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? [];
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  });
  if (certificates.length > 0) return certificates.join('');
  return fail('bootstrap.authority-unusable', `${path} holds no certificate in PEM`, { details: { path } });
}
