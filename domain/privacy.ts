import type { Day } from "./calendar.ts";
import type { Id } from "./ids.ts";

/**
 * Agreed estimates are parts of contracts and papers of the accounts: they stay as they were signed for
 * five years (402-ФЗ, ст. 29; 152-ФЗ, ст. 6 ч. 1 п. 2 and 5), whatever else is erased.
 */
export const AGREED_YEARS = 5;

export interface Erasure {
  /** Agreed versions that stay as they were signed. */
  readonly keptRevisions: number;
  /** Null: nothing had to stay. */
  readonly keptUntil: Day | null;
}

/** What a company owes the people it keeps data of (152-ФЗ, ст. 14, 21). For its owner. */
export interface PrivacyService {
  /** Everything that is known of a client, as JSON text. Throws `not_found`. */
  export(clientId: Id): Promise<string>;
  /**
   * Erases a client's personal data, for good. Throws `conflict` while an estimate of the client waits
   * for a decision, and when it is erased already.
   */
  erase(clientId: Id): Promise<Erasure>;
}
