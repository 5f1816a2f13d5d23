/** One HTTP request a fake received. Holds no secrets: the address is kept without its key. */
export interface JournalEntry {
  number: number;
  /** Milliseconds of the fake's clock. */
  at: number;
  /** What was asked: `crm.item.list`, `batch`, `PATCH /leads/{id}`. */
  operation: string;
  /** Parameters and body, long texts cut. */
  request: unknown;
  /** The answer's status, or null where the connection was cut instead. */
  status: number | null;
  /** Code of the refusal, if it was one. */
  error: string | null;
  /** Kind of the fault that the script put here. */
  fault: string | null;
  /** Operations carried inside one request (a batch), in order. */
  inner: { operation: string; error: string | null }[];
}

export interface Journal {
  add(entry: Omit<JournalEntry, "number">): void;
  entries(): readonly JournalEntry[];
  /** Requests of an operation, or all of them. */
  count(operation?: string): number;
  /** Runs of an operation, those inside batches included. */
  countRuns(operation: string): number;
  clear(): void;
}

const DEFAULT_CAPACITY = 20_000;

/** Remembers the last `capacity` requests; the counters remember all. */
export function createJournal(capacity = DEFAULT_CAPACITY): Journal {
  let entries: JournalEntry[] = [];
  let total = 0;
  const requests = new Map<string, number>();
  const runs = new Map<string, number>();
  const increase = (counter: Map<string, number>, key: string): void => {
    counter.set(key, (counter.get(key) ?? 0) + 1);
  };

  return {
    add(entry) {
      total += 1;
      increase(requests, entry.operation);
      increase(runs, entry.operation);
      for (const { operation } of entry.inner) increase(runs, operation);
      entries.push({ ...entry, number: total, request: abridge(entry.request) });
      if (entries.length > capacity * 1.1) entries = entries.slice(-capacity);
    },
    entries: () => entries,
    count: (operation) => (operation === undefined ? total : (requests.get(operation) ?? 0)),
    countRuns: (operation) => runs.get(operation) ?? 0,
    clear() {
      entries = [];
      total = 0;
      requests.clear();
      runs.clear();
    },
  };
}

const LONGEST_TEXT = 400;
const LONGEST_LIST = 60;

function abridge(value: unknown): unknown {
  if (typeof value === "string" && value.length > LONGEST_TEXT) {
    return `${value.slice(0, 80)}… (${String(value.length)} characters)`;
  }
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map(abridge);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, abridge(inner)]));
}
