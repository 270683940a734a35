import { distance } from 'fastest-levenshtein';

/**
 * For names that a user is free to choose, of which most are no misspelt ones.
 * @returns the known word that differs in one character
 */
export function misspelt(got: string, known: readonly string[]): string | undefined {
  return got.length < 4 ? undefined : known.find((word) => distance(got, word) === 1);
}

/**
 * @returns the known word nearest to the one that was got, when it is near enough to be meant
 */
export function nearest(got: string, known: Iterable<string>): string | undefined {
  const words = [...known];
  const begun = words.filter((word) => got.length >= 3 && (word.startsWith(got) || (word.length >= 3 && got.startsWith(word))));
  if (begun.length === 1) return begun[0];
  let best: string | undefined;
  let least = Math.max(2, Math.floor(got.length / 3)) + 1;
  for (const word of words) {
    const steps = distance(got.toLowerCase(), word.toLowerCase());
    if (steps < least) {
      best = word;
      least = steps;
    }
  }
  return best;
}
