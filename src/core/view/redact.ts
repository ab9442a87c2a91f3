const privateKey = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?-----END \1-----/g;
const secretField =
  /((?:password|passwd|token|secret|api[_-]?key|authorization)["']?\s*[:=]\s*)(["']?)(?!\s)[^\s"',}]+\2/gi;
const urlCredentials = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+(?::[^\s/@]*)?@/gi;

/** Takes out what must not leave the machine in a bug report: private keys, passwords, tokens, URL credentials. */
export function redactSecrets(text: string): string {
  return text
    .replace(privateKey, '-----BEGIN $1----- [redacted]')
    .replace(secretField, '$1$2[redacted]$2')
    .replace(urlCredentials, '$1[redacted]@');
}
