/**
 * Does the work for every item, so many at once, begun in the order of the items.
 *
 * @returns The answers in the order of the items.
 * @throws The first failure, when all that had begun has ended; nothing begins after it.
 */
export async function severalAtOnce<Item, Answer>(
  items: readonly Item[],
  atMost: number,
  work: (item: Item, index: number) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers = new Map<number, Answer>();
  const failures: unknown[] = [];
  // All lanes take from the same line.
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      try {
        answers.set(index, await work(item, index));
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atMost, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return [...answers].sort(([left], [right]) => left - right).map(([, answer]) => answer);
}
