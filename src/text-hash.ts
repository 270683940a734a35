import xxhash, { type XXHashAPI } from 'xxhash-wasm';

let hasher: XXHashAPI | undefined;

/** To be awaited once before {@link textHash}: WebAssembly is made ready in the background. */
export async function loadTextHash(): Promise<void> {
  hasher ??= await xxhash();
}

/**
 * Tells whether a text has changed; no protection against somebody who wants two texts to look the same.
 * @returns the text's XXH64, 16 hexadecimal digits
 */
export function textHash(text: string): string {
  if (!hasher) throw new Error('textHash before loadTextHash');
  return hasher.h64ToString(text);
}
