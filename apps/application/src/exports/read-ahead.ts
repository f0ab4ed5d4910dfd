/**
 * Begins the work for the next few items while one is being used, in order. What fails is thrown when its turn comes; what was begun
 * and is not wanted any more is left to end.
 */
export async function* readAhead<Item, Result>(
  items: readonly Item[],
  ahead: number,
  begin: (item: Item) => Promise<Result>,
): AsyncGenerator<{ item: Item; result: Promise<Result> }> {
  const begun: Promise<Result>[] = [];
  for (const [index, item] of items.entries()) {
    while (begun.length < Math.min(index + ahead, items.length)) {
      const work = begin(items[begun.length] as Item);
      work.catch(() => undefined);
      begun.push(work);
    }
    yield { item, result: begun[index] as Promise<Result> };
    begun[index] = undefined as never;
  }
}
