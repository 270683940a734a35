/** A word of a command that the user may copy: names of files and values in manifests may be made to be commands themselves. */
export function shellWord(word: string): string {
  const noFlag = word.startsWith('-') ? `./${word}` : word;
  return /^[\w@%+=:,./-]+$/.test(noFlag) ? noFlag : `'${noFlag.replaceAll("'", `'\\''`)}'`;
}
