/** The folder of an entry that is being read. */
export interface EntryFolder {
  /** Name of the entry. */
  readonly name: string;
  /** Path of the folder. */
  readonly folder: string;
  /** Path as the user knows it, for messages. */
  readonly shown: string;
  /** Names of everything in it that is not a leftover, sorted. */
  readonly listed: readonly string[];
  /** Of these, its services, timers, sockets and paths. */
  readonly unitFiles: readonly string[];
  /** Of these, the folders with files of one role: `files.ROLE`. */
  readonly roleFolders: readonly string[];
}

/** What the name of a folder with files of one role begins with. */
export const ROLE_FOLDER = 'files.';

/** Folder of an entry with experiments that measure it. */
export const EXPERIMENTS = 'experiments';
