/** A file of a guest in its final form. */
export interface FinalFile {
  readonly path: string;
  readonly content: Buffer | string;
  /** Four octal digits. */
  readonly mode: string;
  /** The content is added to the file of the image. @default it replaces the file */
  readonly append?: true;
}
