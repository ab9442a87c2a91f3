import { X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import type { CertificateMaker, CheckerCertificates } from '../../core/ports/certificate-maker.ts';
import { provideClassMetadata } from './class-metadata.ts';

const dayMs = 24 * 3600 * 1000;
/** Not before yesterday: the clock of a guest may be behind. */
const earlyMs = dayMs;
const validMs = 730 * dayMs;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Certificates of one VM: a CA that signs two and is forgotten, the server's and the client's. */
export const certificateMaker: CertificateMaker = { make, isGood };

type X509 = typeof import('@peculiar/x509');

async function make(vmName: string, now: number): Promise<CheckerCertificates> {
  provideClassMetadata();
  const x509 = await import('@peculiar/x509');
  const crypto = webcrypto as unknown as Parameters<X509['cryptoProvider']['set']>[0];
  x509.cryptoProvider.set(crypto);
  const dates = { notBefore: new Date(now - earlyMs), notAfter: new Date(now + validMs) };
  const [caKeys, serverKeys, clientKeys] = await Promise.all([keyPair(), keyPair(), keyPair()]);
  const { KeyUsageFlags: usage, ExtendedKeyUsage: extended } = x509;
  const caName = [{ CN: [`sysmonvm CA of ${vmName}`] }];
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...dates,
    name: caName,
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(usage.keyCertSign | usage.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const signed = async (commonName: string, keys: CryptoKeyPair, purpose: string, alternativeNames: boolean) =>
    x509.X509CertificateGenerator.create({
      ...dates,
      subject: [{ CN: [commonName] }],
      issuer: caName,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(usage.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([purpose]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
        ...(alternativeNames ? [new x509.SubjectAlternativeNameExtension(namesOf(vmName))] : []),
      ],
    });
  const [server, client] = await Promise.all([
    signed(vmName, serverKeys, extended.serverAuth, true),
    signed(`sysmonvm client of ${vmName}`, clientKeys, extended.clientAuth, false),
  ]);
  return {
    ca: pem(ca),
    server: { certificate: pem(server), key: await keyPem(serverKeys.privateKey) },
    client: { certificate: pem(client), key: await keyPem(clientKeys.privateKey) },
  };
}

type CryptoKeyPair = webcrypto.CryptoKeyPair;

const keyPair = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const namesOf = (vmName: string) => [
  { type: 'dns' as const, value: 'localhost' },
  { type: 'ip' as const, value: '127.0.0.1' },
  { type: 'dns' as const, value: vmName },
];

const pem = (certificate: { toString(format: 'pem'): string }) => `${certificate.toString('pem')}\n`;

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
}

function isGood(certificate: string, vmName: string, now: number, forMs: number): boolean {
  try {
    const read = new NodeCertificate(certificate);
    const until = Date.parse(read.validTo);
    return until - now >= forMs && Date.parse(read.validFrom) <= now && read.checkHost(vmName) !== undefined;
  } catch {
    return false;
  }
}
