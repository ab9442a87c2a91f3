import type { CheckerCertificates } from '../../core/ports/certificate-maker.ts';
import type { BuiltChecker } from '../../core/ports/checker-builder.ts';
import type { Dependencies } from '../dependencies.ts';

const unitName = 'serviceradar-sysmon-vm.service';

/** Everything that goes into the guest. */
export interface GuestFiles {
  readonly checker: BuiltChecker;
  readonly config: string;
  readonly certificates?: CheckerCertificates;
  /** Text of the unit; undefined: no service. */
  readonly unit?: string;
}

/** As `checkerFactsScript` tells them of the guest. */
export function digestsOf(
  deps: Pick<Dependencies, 'digestOfText'>,
  { checker, config, certificates, unit }: GuestFiles,
): Readonly<Record<string, string>> {
  const texts = {
    config,
    ...(unit === undefined ? {} : { unit }),
    ...(certificates === undefined ? {} : tlsTexts(certificates)),
  };
  const digests = Object.entries(texts).map(([name, text]) => [name, deps.digestOfText(text)]);
  return { binary: checker.digest, ...Object.fromEntries(digests) };
}

const tlsTexts = ({ ca, server }: CheckerCertificates): Readonly<Record<string, string>> => ({
  'ca.pem': ca,
  'server.pem': server.certificate,
  'server-key.pem': server.key,
});

/** Names below the folder of the upload. */
export const uploadedTexts = ({ config, certificates, unit }: GuestFiles): Readonly<Record<string, string>> => ({
  'sysmon-vm.json': config,
  ...(unit === undefined ? {} : { [unitName]: unit }),
  ...(certificates === undefined
    ? {}
    : Object.fromEntries(Object.entries(tlsTexts(certificates)).map(([name, text]) => [`tls/${name}`, text]))),
});
