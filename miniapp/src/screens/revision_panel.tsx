import { type Decision, REVISION_STATUS_NAMES } from "../../../domain/agreement.ts";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import type { Revision } from "../api.ts";
import { goTo } from "../navigation.ts";
import { moment } from "./moments.ts";
import { pageTexts } from "./page_texts_ru.ts";

export interface RevisionPanelProps {
  readonly revision: Revision;
  /** The one before it. */
  readonly previous: Revision | null;
  /** It is the last one, and the estimate has moved on since. */
  readonly canCompareNow: boolean;
}

/** What was sent, what was decided about it, and how it differs. */
export function RevisionPanel({ revision, previous, canCompareNow }: RevisionPanelProps) {
  const { estimateId: id, decisions } = revision;
  const compare = (from: number, to: number | null) => goTo({ name: "compare", id, from, to });
  return (
    <section className="panel">
      <div className="panel-row">
        <h2>
          {pageTexts.version} {revision.revision} · {REVISION_STATUS_NAMES[revision.status]}
        </h2>
        <strong className="amount">{formatMoneyRu(parseMoney(revision.total) ?? ZERO)}</strong>
      </div>
      <p className="hint">
        {revision.audience === "client" ? pageTexts.sentToClient : pageTexts.sentToManager}:{" "}
        {revision.submittedBy.name}, {moment(revision.submittedAt)}
      </p>
      {decisions.length > 0 ? (
        <ul>
          {decisions.map((decision) => (
            <li key={`${decision.side}${decision.decidedAt}`}>
              {DECISIONS[decision.decision]}: {decision.name || pageTexts.clientUnnamed},{" "}
              {moment(decision.decidedAt)}
              {decision.reason === "" ? null : <p className="said">{decision.reason}</p>}
            </li>
          ))}
        </ul>
      ) : null}
      <div className="actions">
        {canCompareNow ? (
          <button type="button" className="action" onClick={() => compare(revision.revision, null)}>
            {pageTexts.compareNow}
          </button>
        ) : null}
        {previous ? (
          <button
            type="button"
            className="action"
            onClick={() => compare(previous.revision, revision.revision)}
          >
            {pageTexts.compareWith} {previous.revision}
          </button>
        ) : null}
      </div>
    </section>
  );
}

const DECISIONS: Readonly<Record<Decision["decision"], string>> = {
  approved: pageTexts.decidedApproved,
  returned: pageTexts.decidedReturned,
};
