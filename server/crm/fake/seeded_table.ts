/** What the table needs to know of its rows. */
export interface SeededTableSetup<Row> {
  /** How many rows exist from the start; they are made when asked for, not kept. */
  count: number;
  /** Identifier of seeded row `index`: growing, with gaps as in a real portal. */
  firstId: number;
  step: number;
  generate(id: number, index: number): Row;
  /** Second of the last change of a seeded row. Must never fall as `index` grows. */
  seedUpdatedAt(index: number): number;
  updatedAt(row: Row): number;
}

/**
 * Rows of which most were never touched: the seeded ones are functions of their identifier, only
 * the changed and the new ones take memory. 100 000 contacts cost nothing until edited.
 */
export interface SeededTable<Row> {
  get(id: number): Row | undefined;
  /** Like `get(id) !== undefined`, without making the row. */
  has(id: number): boolean;
  /** Stores a changed or a new row. New identifiers must come from `nextId`. */
  save(id: number, row: Row): void;
  remove(id: number): boolean;
  nextId(): number;
  readonly size: number;
  /** Second of the last change, without making the row. */
  updatedAt(id: number): number;
  /** Identifiers above `after`, ascending. */
  idsAfter(after: number): Generator<number>;
  /** Identifiers changed at `from` (second) or later, by (time, id) ascending. */
  idsByUpdate(from: number): Generator<number>;
  /** The rows that differ from the seed. */
  changed(): ReadonlyMap<number, Row>;
  /** Everything that is not the seed, as plain data; `unpack` of an equal table brings it back. */
  pack(): PackedTable<Row>;
  unpack(packed: PackedTable<Row>): void;
}

export interface PackedTable<Row> {
  changed: [id: number, row: Row][];
  removed: number[];
  lastId: number;
}

export function createSeededTable<Row>(setup: SeededTableSetup<Row>): SeededTable<Row> {
  const overlay = new Map<number, Row>();
  const removed = new Set<number>();
  let added: number[] = [];
  let lastId = setup.firstId + (setup.count - 1) * setup.step;
  let sortedChanges: number[] | null = null;

  const indexOf = (id: number): number | null => {
    const index = (id - setup.firstId) / setup.step;
    return Number.isInteger(index) && index >= 0 && index < setup.count ? index : null;
  };
  const idAt = (index: number): number => setup.firstId + index * setup.step;

  const updatedAt = (id: number): number => {
    const row = overlay.get(id);
    if (row !== undefined) return setup.updatedAt(row);
    const index = indexOf(id);
    return index === null ? 0 : setup.seedUpdatedAt(index);
  };

  const changesByUpdate = (): number[] => {
    sortedChanges ??= [...overlay.keys()].toSorted((a, b) => updatedAt(a) - updatedAt(b) || a - b);
    return sortedChanges;
  };

  const firstSeedFrom = (second: number): number => {
    let [low, high] = [0, setup.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (setup.seedUpdatedAt(middle) < second) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    get(id) {
      const row = overlay.get(id);
      if (row !== undefined) return row;
      const index = indexOf(id);
      return index === null || removed.has(id) ? undefined : setup.generate(id, index);
    },
    has: (id) => overlay.has(id) || (indexOf(id) !== null && !removed.has(id)),
    save(id, row) {
      if (!overlay.has(id) && indexOf(id) === null) added.push(id);
      overlay.set(id, row);
      sortedChanges = null;
    },
    remove(id) {
      const existed = overlay.delete(id) || (indexOf(id) !== null && !removed.has(id));
      if (indexOf(id) === null) added = added.filter((other) => other !== id);
      else removed.add(id);
      sortedChanges = null;
      return existed;
    },
    nextId() {
      lastId += setup.step;
      return lastId;
    },
    get size() {
      return setup.count - removed.size + added.length;
    },
    updatedAt,
    *idsAfter(after) {
      const start = Math.max(0, Math.floor((after - setup.firstId) / setup.step) + 1);
      for (let index = start; index < setup.count; index += 1) {
        const id = idAt(index);
        if (!removed.has(id)) yield id;
      }
      for (const id of added) if (id > after) yield id;
    },
    *idsByUpdate(from) {
      const changes = changesByUpdate().filter((id) => updatedAt(id) >= from);
      let place = 0;
      for (let index = firstSeedFrom(from); index < setup.count; index += 1) {
        const id = idAt(index);
        if (removed.has(id) || overlay.has(id)) continue;
        const second = setup.seedUpdatedAt(index);
        while (place < changes.length && isBefore(changes[place] ?? 0, id, second)) {
          yield changes[place] ?? 0;
          place += 1;
        }
        yield id;
      }
      yield* changes.slice(place);
    },
    changed: () => overlay,
    pack: () => ({ changed: [...overlay], removed: [...removed], lastId }),
    unpack(packed) {
      overlay.clear();
      removed.clear();
      for (const [id, row] of packed.changed) overlay.set(id, row);
      for (const id of packed.removed) removed.add(id);
      added = [...overlay.keys()].filter((id) => indexOf(id) === null).toSorted((a, b) => a - b);
      lastId = packed.lastId;
      sortedChanges = null;
    },
  };

  function isBefore(change: number, seedId: number, seedSecond: number): boolean {
    const second = updatedAt(change);
    return second < seedSecond || (second === seedSecond && change < seedId);
  }
}
