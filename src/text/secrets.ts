/** Texts that no output of this process shows, and what becomes of them in base64, as in the data of a Secret. */
const kept = new Set<string>();

/** From now on {@link withoutSecrets} masks the text. For texts that stand nowhere by chance, such as hashes. */
export function keepSecret(secret: string): void {
  for (const form of [secret, ...inBase64(secret)]) kept.add(form);
}

/** For whatever is printed or recorded and may quote what others say. */
export function withoutSecrets(text: string): string {
  let masked = text;
  for (const secret of kept) masked = masked.replaceAll(secret, '***');
  return masked;
}

/**
 * Base64 of a text that stands somewhere in a longer one, for each place in a group of three bytes where it can begin. A
 * character that also depends on what stands before or after it is left out.
 */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
}
