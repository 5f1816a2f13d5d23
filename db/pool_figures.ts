import type { Sql } from "./client.ts";

/** How busy connections of one kind are at this moment. */
export interface PoolFigures {
  /** As many there may be. */
  readonly size: number;
  readonly open: number;
  readonly inUse: number;
  /** Pieces of work that wait until one of them is free, or open. */
  readonly waiting: number;
}

/** A query of postgres.js is sent by whichever comes first; `catch` and `finally` ask by `then`. */
const SENDING = ["then", "execute"] as const;
type Method = (this: Promise<unknown>, ...given: unknown[]) => unknown;
type Methods = Readonly<Record<(typeof SENDING)[number], Method>>;

/**
 * The same pool, whose queries are counted from being sent until they are answered; postgres.js itself tells
 * nobody. What it makes beside queries (fragments, identifiers) is never sent and not counted, nor are its
 * cursors and its own transactions, which we don't use.
 */
export function countQueries(sql: Sql): { readonly sql: Sql; readonly underway: () => number } {
  let count = 0;
  let counting: Methods | null = null;
  const end = (): void => {
    count -= 1;
  };
  const begin = (query: Promise<unknown>): void => {
    count += 1;
    void Promise.prototype.then.call(query, end, end);
  };
  const follow = <Made>(made: Made): Made => {
    if (!(made instanceof Promise)) return made;
    // The same functions for every query: this is on the way of all of them.
    counting ??= countingMethods(made, begin);
    void Object.assign(made, counting);
    return made;
  };
  const counted = new Proxy(sql, {
    apply: (target, thisArgument, parameters) =>
      follow(Reflect.apply(target, thisArgument, parameters) as unknown),
    get: (target, key) => (key === "unsafe" ? unsafe : (Reflect.get(target, key) as unknown)),
  });
  const unsafe: Sql["unsafe"] = (...given) => follow(sql.unsafe(...given));
  return { sql: counted, underway: () => count };
}

/** Those of a query, which call `begin` the first time and give their place back. */
function countingMethods(
  query: Promise<unknown>,
  begin: (query: Promise<unknown>) => void,
): Methods {
  const own = Object.fromEntries(SENDING.map((name) => [name, Reflect.get(query, name)]));
  const methods = own as unknown as Methods;
  const counted = (name: keyof Methods): Method =>
    function (...given) {
      void Object.assign(this, methods);
      begin(this);
      return methods[name].apply(this, given);
    };
  return Object.fromEntries(SENDING.map((name) => [name, counted(name)])) as unknown as Methods;
}
