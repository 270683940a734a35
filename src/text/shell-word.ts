/** Quotes a word of a command that the user may copy: a name of a file or a value in a manifest may itself be a command. */
export function shellWord(word: string): string {
  const notFlag = word.startsWith('-') ? `./${word}` : word;
  return /^[\w@%+=:,./-]+$/.test(notFlag) ? notFlag : quoted(notFlag);
}

/** A word in single quotes, which a shell reads unchanged. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
