import type { Totals } from "../../../domain/estimate/totals.ts";
import type { EstimateState } from "../estimate/estimate_store.ts";
import { type Ledger, replaceLine, totalsOfLedger } from "../estimate/ledger.ts";
import { useEstimate, useUi } from "./context.ts";
import type { Draft } from "./ui_store.ts";

/** The sums with what is being typed right now, so that every key shows in the totals at once. */
export function useShownLedger(): Ledger {
  const content = useEstimate((state) => state.content);
  const ledger = useEstimate((state) => state.ledger);
  const draft = useUi((state) => state.draft);
  return withDraft({ content, ledger }, draft);
}

export function useShownTotals(): Totals {
  const content = useEstimate((state) => state.content);
  return totalsOfLedger(useShownLedger(), content);
}

type Committed = Pick<EstimateState, "content" | "ledger">;

/** The last answer: several parts of the screen ask the same at every key. */
let last: { committed: Committed; draft: Draft; ledger: Ledger } | null = null;

function withDraft(committed: Committed, draft: Draft | null): Ledger {
  const { content, ledger } = committed;
  const line = draft && content.lines.get(draft.lineId);
  if (!line) return ledger;
  const isKnown = last?.draft === draft && last.committed.ledger === ledger;
  if (last && isKnown && last.committed.content === content) return last.ledger;
  last = { committed, draft, ledger: replaceLine(ledger, line, { ...line, ...draft.set }) };
  return last.ledger;
}
