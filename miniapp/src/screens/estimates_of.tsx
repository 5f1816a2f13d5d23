import { STATUS_NAMES } from "../../../domain/estimate/status.ts";
import type { Id } from "../../../domain/ids.ts";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import { type Api, read } from "../api.ts";
import { StatusDot } from "../components/status_dot.tsx";
import { useKeptLoaded } from "../device/kept.ts";
import { goTo } from "../navigation.ts";
import { texts } from "../texts_ru.ts";
import { LoadedPart } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";

export interface EstimatesOfProps {
  readonly api: Api;
  readonly query: { readonly clientId: Id } | { readonly projectId: Id };
}

/** The estimates of a client or an object, newest first. */
export function EstimatesOf({ api, query }: EstimatesOfProps) {
  const key = `estimates/${JSON.stringify(query)}`;
  const loaded = useKeptLoaded(key, key, (signal) =>
    read(api.estimates.$get({ query: { ...query, limit: "50" } }, { init: { signal } })),
  );
  return (
    <section className="sheet-section" aria-label={texts.estimates}>
      <h2>{texts.estimates}</h2>
      <LoadedPart loaded={loaded}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="hint">{pageTexts.noEstimatesHere}</p>
          ) : (
            <ul className="cards">
              {items.map((item) => (
                <li key={item.id}>
                  <button
                    type="button"
                    className="card"
                    onClick={() => goTo({ name: "estimate", id: item.id })}
                  >
                    <span className="card-title">
                      {item.title || item.projectTitle || texts.untitled}
                    </span>
                    <span className="card-total">
                      {formatMoneyRu(parseMoney(item.total) ?? ZERO)}
                    </span>
                    <span className="card-hint">
                      <span>
                        <StatusDot status={item.status} />
                        {STATUS_NAMES[item.status]}
                      </span>
                      <span>{item.number}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </LoadedPart>
    </section>
  );
}
