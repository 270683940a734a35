/** Works on all items, on some of them at a time. The first error ends the work on further items, and is thrown. */
export async function atATime<T>(most: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  let isBroken = false;
  const worker = async () => {
    for (let next = rest.next(); !next.done && !isBroken; next = rest.next()) {
      await work(next.value).catch((error) => {
        isBroken = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
}
