import { createECDH } from 'node:crypto';

/** Public keys of every type, made of constants. Their format is valid, but no private keys exist for them. */

function field(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function keyLine(type: string, ...fields: readonly (Buffer | string)[]): string {
  return `${type} ${Buffer.concat([type, ...fields].map(field)).toString('base64')}`;
}

const BYTES = { prime256v1: 32, secp384r1: 48, secp521r1: 66 } as const;

function point(curve: keyof typeof BYTES): Buffer {
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(Buffer.concat([Buffer.alloc(BYTES[curve] - 16), Buffer.alloc(16, 7)]));
  return ecdh.getPublicKey();
}

const EXPONENT = Buffer.from([1, 0, 1]);
/** A number with this many bits, a multiple of 8. */
const modulus = (bits: number) => Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 0xc1)]);
export const rsaLine = (bits: number) => keyLine('ssh-rsa', EXPONENT, modulus(bits));

export const ED25519 = keyLine('ssh-ed25519', Buffer.alloc(32, 1));
export const RSA = rsaLine(2048);

export const GOOD_KEYS = [
  ED25519,
  RSA,
  rsaLine(1024),
  keyLine('ecdsa-sha2-nistp256', 'nistp256', point('prime256v1')),
  keyLine('ecdsa-sha2-nistp384', 'nistp384', point('secp384r1')),
  keyLine('ecdsa-sha2-nistp521', 'nistp521', point('secp521r1')),
  keyLine('sk-ssh-ed25519@openssh.com', Buffer.alloc(32, 1), 'ssh:'),
  keyLine('sk-ecdsa-sha2-nistp256@openssh.com', 'nistp256', point('prime256v1'), 'ssh:'),
];
