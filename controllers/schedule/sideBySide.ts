/** Does the work for each item, so many at once. An error ends it: what is under way is waited for, and nothing more is begun. */
export async function sideBySide<Item>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  let mayGoOn = true;
  async function takeOn(): Promise<void> {
    // the iterator is shared: each takes the next one
    for (const item of rest) {
      if (!mayGoOn) return;
      try {
        await work(item);
      } catch (error) {
        mayGoOn = false;
        throw error;
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, takeOn));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
