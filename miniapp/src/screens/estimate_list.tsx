import type { EstimateStatus } from "../../../domain/estimate/status.ts";
import { useState } from "react";
import { type Api, type EstimateListItem, type EstimatePage, read } from "../api.ts";
import { Failure } from "../components/failure.tsx";
import { KeptHint } from "../components/kept_hint.tsx";
import { Loading } from "../components/loading.tsx";
import { Notice } from "../components/notice.tsx";
import { useKeptLoaded } from "../device/kept.ts";
import { useListNews } from "../live/list_news.ts";
import { texts } from "../texts_ru.ts";
import { EstimateCard } from "./estimate_card.tsx";

const PAGE = 30;

export interface EstimateListProps {
  readonly api: Api;
  /** Null: any. */
  readonly status: EstimateStatus | null;
}

/** The estimates, newest first, page after page; give it another key where it is narrowed otherwise. */
export function EstimateList({ api, status }: EstimateListProps) {
  const [pages, setPages] = useState(1);
  const list = useKeptLoaded(
    JSON.stringify([status, pages]),
    status === null ? "list/estimates" : null,
    (signal) => readPages(api, { status, pages, signal }),
  );
  useListNews(list.reload);
  return (
    <>
      {list.state === "failed" ? <Failure error={list.error} onRetry={list.reload} /> : null}
      <KeptHint keptAt={list.keptAt} />
      {list.value ? (
        <Pages page={list.value} status={status} onMore={() => setPages(pages + 1)} />
      ) : null}
      {list.state === "loading" && !list.value ? <Loading /> : null}
    </>
  );
}

interface ListRequest {
  readonly status: EstimateStatus | null;
  readonly pages: number;
  readonly signal: AbortSignal;
}

async function readPages(api: Api, { status, pages, signal }: ListRequest): Promise<EstimatePage> {
  const items: EstimateListItem[] = [];
  let next: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const query: Record<string, string> = {
      limit: String(PAGE),
      ...(status === null ? {} : { status }),
      ...(next === null ? {} : { cursor: next }),
    };
    const found: EstimatePage = await read(api.estimates.$get({ query }, { init: { signal } }));
    items.push(...found.items);
    next = found.next;
    if (next === null) break;
  }
  return { items, next };
}

interface PagesProps {
  readonly page: EstimatePage;
  readonly status: EstimateStatus | null;
  readonly onMore: () => void;
}

function Pages({ page, status, onMore }: PagesProps) {
  if (page.items.length === 0) {
    return status === null ? (
      <Notice title={texts.noEstimates} hint={texts.noEstimatesHint} />
    ) : (
      <Notice title={texts.noneOfStatus} hint={texts.noneOfStatusHint} />
    );
  }
  return (
    <>
      <ul className="cards">
        {page.items.map((item) => (
          <li key={item.id}>
            <EstimateCard item={item} />
          </li>
        ))}
      </ul>
      {page.next === null ? null : (
        <button type="button" className="button quiet" onClick={onMore}>
          {texts.more}
        </button>
      )}
    </>
  );
}
