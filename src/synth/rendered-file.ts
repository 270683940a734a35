/** A file of the base, or of a component in it. */
export interface RenderedFile {
  /** Its path within the folder of the base. */
  readonly name: string;
  /** The text in pieces, rendered again by each call, so that a file of any size needs little memory. */
  readonly text: () => Iterable<string>;
  /** Whether it contains a secret, such as the hash of a password, so that only its owner may read it. @default false */
  readonly isSecret?: true;
}
