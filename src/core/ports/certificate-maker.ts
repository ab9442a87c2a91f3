/** PEM texts. */
interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/** What a VM's checker and its clients show each other. The CA's key is not kept: it signs these two and nothing else. */
export interface CheckerCertificates {
  readonly ca: string;
  readonly server: CertificatePair;
  readonly client: CertificatePair;
}

export interface CertificateMaker {
  make(vmName: string, now: number): Promise<CheckerCertificates>;
  /** Whether the pair is for this name and valid for at least `forMs` more. */
  isGood(certificate: string, vmName: string, now: number, forMs: number): boolean;
}
