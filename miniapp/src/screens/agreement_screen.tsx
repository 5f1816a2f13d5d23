import { isEditable, STATUS_NAMES } from "../../../domain/estimate/status.ts";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import { readAllPages } from "../all_pages.ts";
import { type Api, type Me, read } from "../api.ts";
import { useKept } from "../device/kept.ts";
import { StatusDot } from "../components/status_dot.tsx";
import type { Desk } from "../estimate/desk.ts";
import type { Id } from "../../../domain/ids.ts";
import { goTo } from "../navigation.ts";
import { AgreementSteps } from "./agreement_steps.tsx";
import { LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";
import { RevisionPanel } from "./revision_panel.tsx";
import { ShareLinks } from "./share_links.tsx";

export interface AgreementScreenProps {
  readonly api: Api;
  readonly me: Me | null;
  readonly desk: Desk;
  readonly id: Id;
}

/** Where an estimate stands, what can be done next, and all that was sent before. */
export function AgreementScreen({ api, me, desk, id }: AgreementScreenProps) {
  const estimate = api.estimates[":id"];
  const param = { id };
  const loaded = useKept(`agreement/${id}`, async () => {
    const [card, { items: revisions }] = await Promise.all([
      read(estimate.card.$get({ param })),
      readAllPages((query) => read(estimate.revisions.$get({ param, query }))),
    ]);
    return { card, revisions };
  });
  const reload = () => {
    loaded.reload();
    // The editor learns that the estimate is frozen or open again.
    desk.find(id)?.refresh();
  };
  return (
    <Page
      title={pageTexts.agreement}
      action={
        <button
          type="button"
          className="button quiet"
          onClick={() => goTo({ name: "estimate", id })}
        >
          {pageTexts.toEstimate}
        </button>
      }
    >
      <LoadedPart loaded={loaded}>
        {({ card, revisions }) => {
          const isOut = card.status === "submitted" || card.status === "approved";
          const current = isOut ? (revisions[0] ?? null) : null;
          return (
            <>
              <section className="panel" aria-live="polite">
                <div className="panel-row">
                  <h2>
                    <StatusDot status={card.status} />
                    {card.number} · {STATUS_NAMES[card.status]}
                  </h2>
                  <strong className="amount">
                    {formatMoneyRu(parseMoney(card.totals.total) ?? ZERO)}
                  </strong>
                </div>
                <p className="hint">
                  {[card.title || card.project?.title, card.client?.name]
                    .filter(Boolean)
                    .join(" · ")}
                </p>
                <AgreementSteps api={api} me={me} card={card} current={current} onDone={reload} />
              </section>
              {current ? <ShareLinks api={api} id={id} /> : null}
              {revisions.length === 0 ? (
                <p className="hint">{pageTexts.noRevisions}</p>
              ) : (
                revisions.map((revision, index) => (
                  <RevisionPanel
                    key={revision.id}
                    revision={revision}
                    previous={revisions[index + 1] ?? null}
                    canCompareNow={index === 0 && isEditable(card.status)}
                  />
                ))
              )}
            </>
          );
        }}
      </LoadedPart>
    </Page>
  );
}
