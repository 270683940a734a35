/**
 * What editors, desktops and version control leave in folders, by the name of the file or folder. None of it reaches a
 * guest, so that two machines render the same bytes.
 */
export function isLeftover(name: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(name));
}

/** What merges and editors leave under names that may also be meant. It is omitted as well, with a warning. */
export function isBackup(name: string): boolean {
  return /\.(orig|rej|bak)$/.test(name);
}

const PATTERNS: readonly RegExp[] = [
  // Desktops: macOS, Windows, KDE, LibreOffice.
  /^(\.DS_Store|\.AppleDouble|\.Spotlight-V100|\.Trashes|\.fseventsd|__MACOSX|\._.*)$/,
  /^(Thumbs\.db|ehthumbs\.db|desktop\.ini|\$RECYCLE\.BIN)$/i,
  /^(\.directory|\.Trash-\d+|\.~lock\..*#)$/,
  // Editors: backups, swap files, auto-saves, locks.
  /~$/,
  /^\..*\.sw[a-z]$|\.sw[op]$/,
  /^#.*#$|^\.#/,
  /^\.(idea|vscode)$/,
  // File systems: files that were deleted while they were open.
  /^\.(nfs[0-9a-f]+|fuse_hidden[0-9a-f]+)$/,
  // Version control, and what interpreters write next to their sources.
  /^\.(git|gitignore|gitattributes|gitkeep|gitmodules|keep|hg|svn)$/,
  /^__pycache__$|\.py[co]$/,
];
