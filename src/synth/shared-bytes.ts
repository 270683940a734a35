/** Characters from which on a piece of a text may be one that files have in common. */
const LONG = 16 * 1024;

/**
 * The bytes of texts in few pieces: each is a call of the operating system. The files of an experiment have most of their bytes in common,
 * in long pieces, which are encoded once.
 */
export class SharedBytes {
  /** The last piece of each length. Two of them are rarely equally long, and comparing them is fast. */
  private readonly known = new Map<number, { readonly text: string; readonly bytes: Buffer }>();

  *of(pieces: Iterable<string>): Generator<string | Buffer> {
    let short = '';
    for (const piece of pieces) {
      if (piece.length < LONG) {
        short += piece;
        continue;
      }
      if (short !== '') yield short;
      short = '';
      yield this.bytesOf(piece);
    }
    if (short !== '') yield short;
  }

  private bytesOf(text: string): Buffer {
    const known = this.known.get(text.length);
    if (known?.text === text) return known.bytes;
    const bytes = Buffer.from(text);
    this.known.set(text.length, { text, bytes });
    return bytes;
  }
}
