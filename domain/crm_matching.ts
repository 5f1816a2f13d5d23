import type { Id } from "./ids.ts";

/** What is known of one record of a CRM that no client of ours is bound to yet. */
export interface MatchFacts {
  /** The client whose id the record carries as our key; null when there is none such. */
  readonly byKey: Id | null;
  readonly byPhone: readonly Id[];
  readonly byEmail: readonly Id[];
  /** Clients that another record of the same kind is bound to. */
  readonly taken: ReadonlySet<Id>;
}

export type Match =
  | { readonly outcome: "bind"; readonly clientId: Id }
  | { readonly outcome: "create" }
  /** A person must say; candidates in order of likeness. */
  | { readonly outcome: "review"; readonly candidates: readonly Id[] };

/**
 * Our key → the only one with the phone → the only one with the e-mail → somebody new. More than
 * one, or one who is somebody else there already (an office phone), is never decided by a program.
 */
export function matchClient({ byKey, byPhone, byEmail, taken }: MatchFacts): Match {
  if (byKey !== null && !taken.has(byKey)) return { outcome: "bind", clientId: byKey };
  for (const found of [unique(byPhone), unique(byEmail)]) {
    const [only] = found;
    if (only === undefined) continue;
    if (found.length > 1 || taken.has(only)) return { outcome: "review", candidates: found };
    return { outcome: "bind", clientId: only };
  }
  return { outcome: "create" };
}

function unique(ids: readonly Id[]): Id[] {
  return [...new Set(ids)];
}
