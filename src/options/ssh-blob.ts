/**
 * Reads the fields of a public key's data, each preceded by its length. A missing field reads as empty, and then `isAtEnd` never
 * becomes true.
 * @see RFC 4251, section 5
 */
export class BlobReader {
  private at = 0;

  constructor(private readonly blob: Buffer) {}

  bytes(): Buffer {
    if (this.at + 4 > this.blob.length) return this.missing();
    const length = this.blob.readUInt32BE(this.at);
    const start = this.at + 4;
    if (start + length > this.blob.length) return this.missing();
    this.at = start + length;
    return this.blob.subarray(start, this.at);
  }

  text(): string {
    return this.bytes().toString('latin1');
  }

  /** @returns the length of a number in bits; 0 if it is missing or negative */
  number(): number {
    const bytes = this.bytes();
    if (bytes.length === 0 || (bytes[0] as number) >= 128) return 0;
    const first = bytes.findIndex((byte) => byte !== 0);
    return first < 0 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] as number) + 24;
  }

  skip(length: number): void {
    this.at += length;
  }

  isAtEnd(): boolean {
    return this.at === this.blob.length;
  }

  private missing(): Buffer {
    this.at = Number.POSITIVE_INFINITY;
    return Buffer.alloc(0);
  }
}
