/** Whether a string has a character that stands for others in a glob. */
export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * Matches a whole string: `*` stands for any characters, `?` for one.
 * The time is at most proportional to the product of both lengths, which a regular expression does not guarantee.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let [at, from] = [0, 0];
  /** Where to continue when the characters after the last `*` do not fit: the star, and the end of what it stands for. */
  let [star, end] = [-1, 0];
  while (from < text.length) {
    if (glob[at] === '*') [star, end, at] = [at, from, at + 1];
    else if (glob[at] === '?' || glob[at] === text[from]) [at, from] = [at + 1, from + 1];
    else if (star >= 0) {
      end += 1;
      [at, from] = [star + 1, end];
    } else return false;
  }
  return /^\**$/.test(glob.slice(at));
}
