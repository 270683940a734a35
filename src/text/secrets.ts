import { MASK } from './messages';

/** Strings that no output of this process shows, and their base64 forms, as in the data of a Secret. */
const kept = new Set<string>();

/** From now on {@link withoutSecrets} masks the string. For strings that do not occur by chance, such as hashes. */
export function keepSecret(secret: string): void {
  for (const form of [secret, ...inBase64(secret)]) kept.add(form);
}

/** Masks the secrets in a string that is printed or recorded and may quote other programs. */
export function withoutSecrets(text: string): string {
  let masked = text;
  for (const secret of kept) masked = masked.replaceAll(secret, MASK.secret);
  return masked;
}

/**
 * Base64 of a string inside a longer one, for each position in a group of three bytes where it can begin. Characters that also depend on
 * the bytes before or after the string are omitted.
 */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
}
