/** Wording that messages of all modules share. */

/** The hint for a misspelled name, with the known name that is nearest to it. */
export function didYouMean(near: string): string {
  return `did you mean "${near}"?`;
}
