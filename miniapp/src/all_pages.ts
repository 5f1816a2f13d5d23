/** For lists that a screen shows whole: a contract has a few of each. */
const PAGE = "100";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Every page of a list, one after another. */
export async function readAllPages<Item>(
  load: (query: { limit: string; cursor?: string }) => Promise<Page<Item>>,
): Promise<{ items: Item[] }> {
  const items: Item[] = [];
  let next: string | null = null;
  do {
    const page: Page<Item> = await load({
      limit: PAGE,
      ...(next === null ? {} : { cursor: next }),
    });
    items.push(...page.items);
    next = page.next;
  } while (next !== null);
  return { items };
}
