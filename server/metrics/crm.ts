import { CRM_KINDS, type CrmKind } from "../../domain/crm.ts";
import type { OpeningDependencies } from "../crm/opening.ts";
import type { LimitWatch } from "../crm/transport.ts";
import type { Metrics } from "./metrics.ts";

const REASONS = ["rate", "own_limit", "blocked"] as const satisfies readonly Refusal[];
type Refusal = Parameters<LimitWatch["refused"]>[0];

type CrmCounts = Required<Pick<OpeningDependencies, "onCall" | "limitsOf">>;

/** Counts the calls of this process to CRMs and what their limits do to them. */
export function measureCrm(metrics: Pick<Metrics, "note" | "gauges" | "counter">): CrmCounts {
  const waiting = new Map<CrmKind, number>(CRM_KINDS.map((kind) => [kind, 0]));
  metrics.gauges("crm_waiting", "Calls to CRMs that wait for their turn", ["name"], () =>
    Array.from(waiting, ([name, value]) => ({ labels: { name }, value })),
  );
  const countRefusal = metrics.counter("crm_refused", "Calls to CRMs that limits sent away", [
    "name",
    "reason",
  ]);
  // Counted from nothing, so that the first one is seen to have come.
  for (const name of CRM_KINDS) {
    for (const reason of REASONS) countRefusal({ name, reason }, 0);
  }
  const change = (kind: CrmKind, by: number): void =>
    void waiting.set(kind, (waiting.get(kind) ?? 0) + by);
  return {
    onCall: ({ kind, isFailed, durationMs }) => {
      const outcome = isFailed ? "failed" : "done";
      metrics.note({ kind: "crm_call", name: kind, outcome, seconds: durationMs / 1000 });
    },
    limitsOf: (kind) => ({
      wait: () => {
        const started = performance.now();
        change(kind, 1);
        return (isOver) => {
          change(kind, -1);
          const outcome = isOver ? "done" : "failed";
          const seconds = (performance.now() - started) / 1000;
          metrics.note({ kind: "crm_wait", name: kind, outcome, seconds });
        };
      },
      refused: (reason) => countRefusal({ name: kind, reason }),
    }),
  };
}
