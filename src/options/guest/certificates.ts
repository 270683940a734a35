import { CERTIFICATE } from './messages';

/** Certificates of a file, and what is wrong with it. */
export interface Certificates {
  /** Each in PEM format, normalized. */
  readonly pems: readonly string[];
  readonly problems: readonly { readonly message: string; readonly hint?: string }[];
  readonly warnings: readonly string[];
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/** A SEQUENCE with a length of two or three bytes, as every certificate in DER format begins. */
const DER = /^\x30[\x82\x83]/;

/**
 * Reads the certificates of a file in PEM format. Text around them is ignored, as by OpenSSL. Whether one has expired is not checked: the
 * same input must render the same output on every day.
 */
export function certificatesIn(name: string, bytes: Buffer): Certificates {
  const text = bytes.toString('latin1');
  const wrong = whole(name, text);
  if (wrong !== undefined) return { pems: [], problems: [wrong], warnings: [] };
  const { X509Certificate } = require('node:crypto') as typeof import('node:crypto');
  const pems: string[] = [];
  const problems: Certificates['problems'][number][] = [];
  const warnings: string[] = [];
  const blocks = text.match(BLOCK) ?? [];
  for (const [index, block] of blocks.entries()) {
    try {
      const certificate = new X509Certificate(block);
      pems.push(certificate.toString().trimEnd());
      if (!certificate.ca) warnings.push(CERTIFICATE.noAuthority(name, index + 1));
    } catch {
      problems.push(CERTIFICATE.broken(name, index + 1));
    }
  }
  const begun = text.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0;
  if (begun > blocks.length) problems.push(CERTIFICATE.broken(name, blocks.length + 1));
  return { pems: [...new Set(pems)], problems, warnings };
}

function whole(name: string, text: string): Certificates['problems'][number] | undefined {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File/.test(text)) return CERTIFICATE.privateKey(name);
  if (/-----BEGIN TRUSTED CERTIFICATE-----/.test(text)) return CERTIFICATE.trusted(name);
  if (/-----BEGIN CERTIFICATE-----/.test(text)) return undefined;
  return DER.test(text) ? CERTIFICATE.binary(name) : CERTIFICATE.none(name);
}
