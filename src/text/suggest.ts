import { distance } from 'fastest-levenshtein';

/**
 * For names that the user is free to choose, and that are seldom misspelled.
 * @returns the known word that differs in one character; undefined if there is none
 */
export function misspelt(got: string, known: readonly string[]): string | undefined {
  return got.length < 4 ? undefined : known.find((word) => distance(got, word) === 1);
}

/** @returns the known word that is nearest to the given one; undefined if none is near enough */
export function nearest(got: string, known: Iterable<string>): string | undefined {
  const words = [...known];
  const sharing = words.filter((word) => got.length >= 3 && (word.startsWith(got) || (word.length >= 3 && got.startsWith(word))));
  if (sharing.length === 1) return sharing[0];
  let best: string | undefined;
  // Of a short name, two letters at least must be right.
  let least = Math.min(Math.max(2, Math.floor(got.length / 3)), got.length - 2) + 1;
  for (const word of words) {
    const steps = distance(got.toLowerCase(), word.toLowerCase());
    if (steps < least) {
      best = word;
      least = steps;
    }
  }
  return best;
}
