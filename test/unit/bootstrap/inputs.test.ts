import { describe, expect, it } from 'vitest';
import { authorityCertificates } from '../../../src/core/bootstrap/authority.ts';
import { proxyLines } from '../../../src/core/bootstrap/proxy.ts';
import { failure } from '../../support/failure.ts';

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;

describe('the proxy of the host', () => {
  it('becomes lines of /etc/environment; the host itself is 10.0.2.2 for a guest', () => {
    expect(proxyLines({ https_proxy: 'http://localhost:3128', NO_PROXY: 'a.example, b.example' })).toBe(
      [
        'http_proxy="http://10.0.2.2:3128"',
        'HTTP_PROXY="http://10.0.2.2:3128"',
        'https_proxy="http://10.0.2.2:3128"',
        'HTTPS_PROXY="http://10.0.2.2:3128"',
        'no_proxy="localhost,127.0.0.1,a.example,b.example"',
        'NO_PROXY="localhost,127.0.0.1,a.example,b.example"',
        '',
      ].join('\n'),
    );
  });

  it('another one keeps its address; both kinds are kept apart', () => {
    const lines = proxyLines({ HTTP_PROXY: 'http://p.example:1/', https_proxy: 'https://q.example:2' }).split('\n');
    expect([lines[0], lines[2]]).toEqual(['http_proxy="http://p.example:1"', 'https_proxy="https://q.example:2"']);
  });

  it.each([
    {},
    { https_proxy: '' },
    { http_proxy: 'p.example:1' },
    { http_proxy: 'http://p/"$(id)' },
    { http_proxy: 'socks5://p:1' },
  ])('%j is refused', (env) => {
    expect(failure(() => proxyLines(env)).code).toBe('usage.invalid-argument');
  });
});

describe('the certificates of an authority', () => {
  it('are taken out of the file, in lines of 64', () => {
    const body = 'A'.repeat(100);
    expect(authorityCertificates(`a note\n${pem(body)}another\n${pem('QUJD')}`, 'f')).toBe(
      pem(`${'A'.repeat(64)}\n${'A'.repeat(36)}`) + pem('QUJD'),
    );
  });

  it.each([
    ['', 'holds no certificate'],
    ['not a certificate', 'holds no certificate'],
    [`${pem('QUJD')}-----BEGIN EC PRIVATE KEY-----\n`, 'holds a private key'],
  ])('%j is refused', (text, reason) => {
    const error = failure(() => authorityCertificates(text, '/ca.pem'));
    expect([error.code, error.message]).toEqual([
      'bootstrap.authority-unusable',
      expect.stringContaining(`/ca.pem ${reason}`),
    ]);
  });
});
