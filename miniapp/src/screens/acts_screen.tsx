import { useState } from "react";
import type { ActStatus } from "../../../domain/acts.ts";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import { readAllPages } from "../all_pages.ts";
import { read } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { Notice } from "../components/notice.tsx";
import { useKept } from "../device/kept.ts";
import { asApiError } from "../loading.ts";
import { goTo } from "../navigation.ts";
import { day } from "./moments.ts";
import { LoadedPart, Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";
import type { EstimatePartProps } from "./questions_screen.tsx";
import "./estimates_screen.css";

export const ACT_STATUS_NAMES: Readonly<Record<ActStatus, string>> = {
  draft: pageTexts.actDraft,
  signed: pageTexts.actSigned,
  cancelled: pageTexts.actCancelled,
};

/** What was accepted of an approved estimate, newest first. */
export function ActsScreen({ api, id }: EstimatePartProps) {
  const acts = api.estimates[":id"].acts;
  const loaded = useKept(`acts/${id}`, () =>
    readAllPages((query) => read(acts.$get({ param: { id }, query }))),
  );
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const create = async () => {
    setIsBusy(true);
    setProblem(null);
    try {
      const json = { take: "everything" as const };
      const { act } = await read(acts.$post({ param: { id }, json }));
      goTo({ name: "act", id: act.id });
    } catch (error) {
      setProblem(asApiError(error).message);
    }
    setIsBusy(false);
  };
  return (
    <Page
      title={pageTexts.acts}
      action={
        <button type="button" className="button" disabled={isBusy} onClick={() => void create()}>
          <Icon name="plus" />
          {pageTexts.newAct}
        </button>
      }
    >
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
      <LoadedPart loaded={loaded}>
        {({ items }) =>
          items.length === 0 ? (
            <Notice title={pageTexts.noActs} hint={pageTexts.noActsHint} />
          ) : (
            <ul className="cards">
              {items.map((act) => (
                <li key={act.id}>
                  <button
                    type="button"
                    className="card"
                    onClick={() => goTo({ name: "act", id: act.id })}
                  >
                    <span className="card-title">
                      {pageTexts.act} № {act.number}
                    </span>
                    <span className="card-total">
                      {formatMoneyRu(parseMoney(act.total) ?? ZERO)}
                    </span>
                    <span className="card-hint">
                      <span>{ACT_STATUS_NAMES[act.status]}</span>
                      <span>{day(act.date)}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </LoadedPart>
    </Page>
  );
}
