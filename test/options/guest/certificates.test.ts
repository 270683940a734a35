import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificatesIn } from '../../../src/options/guest/certificates';
import { ROOT } from '../../support/places';

const CA = readFileSync(join(ROOT, 'test/fixtures/guest/ca.pem'), 'utf8');
/** Self-signed, for a server. */
const LEAF = readFileSync(join(ROOT, 'test/fixtures/guest/leaf.pem'), 'utf8');
const DER = Buffer.from(CA.replace(/-----.*-----|\n/g, ''), 'base64');

test.each<[string, string | Buffer, number]>([
  ['one', CA, 1],
  ['several', `${LEAF}${CA}`, 2],
  ['the same twice', `${CA}${CA}`, 1],
  ['text around it', `subject=CN = ca\n${CA}trailing\n`, 1],
  ['CRLF', CA.replaceAll('\n', '\r\n'), 1],
])('certificates are read: %s', (_, text, count) => {
  const { pems, problems } = certificatesIn('ca.pem', Buffer.from(text));
  expect({ count: pems.length, problems }).toEqual({ count, problems: [] });
  expect(pems.at(-1)).toBe(CA.trimEnd());
});

test.each<[string, string | Buffer, string]>([
  ['nothing', '', 'must name files with certificates in PEM format, got "ca.pem", which has no line -----BEGIN CERTIFICATE-----'],
  ['DER', DER, 'must name files with certificates in PEM format, got "ca.pem", which is in DER format'],
  ['a private key', '-----BEGIN EC PRIVATE KEY-----\nAA==\n', 'got "ca.pem", which contains a private key'],
  ['a certificate with its key', `${CA}-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n`, 'which contains a private key'],
  ['a certificate of OpenSSL', CA.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'), 'contains a TRUSTED CERTIFICATE'],
  ['a damaged one', `${CA}${CA.replace('MIIB', 'MIIC')}`, 'certificate 2 of "ca.pem" is damaged'],
  ['one that is cut off', `${CA}${CA.slice(0, 200)}`, 'certificate 2 of "ca.pem" is damaged'],
])('a file is rejected: %s', (_, text, message) => {
  const { problems } = certificatesIn('ca.pem', Buffer.from(text));
  expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
});

test('a certificate that is not that of an authority gets a warning', () => {
  expect(certificatesIn('leaf.pem', Buffer.from(LEAF)).warnings).toEqual([
    expect.stringContaining('certificate 1 of "leaf.pem" is not that of a certificate authority'),
  ]);
  expect(certificatesIn('ca.pem', Buffer.from(CA)).warnings).toEqual([]);
});
