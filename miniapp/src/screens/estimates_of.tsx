import type { Id } from "../../../domain/ids.ts";
import { type Api, read } from "../api.ts";
import { useKeptLoaded } from "../device/kept.ts";
import { texts } from "../texts_ru.ts";
import { EstimateCard } from "./estimate_card.tsx";
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
                  <EstimateCard item={{ ...item, clientName: null }} />
                </li>
              ))}
            </ul>
          )
        }
      </LoadedPart>
    </section>
  );
}
