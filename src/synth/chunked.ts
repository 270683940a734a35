/** Characters of a chunk. Larger ones are not faster, and take more memory: V8 enlarges its heap when they survive a garbage collection. */
const CHUNK = 16 * 1024;

/** Joins pieces of a text to chunks: a few large writes are faster than many small ones. */
export function* chunked(pieces: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk) yield chunk;
}
