import { type EstimateStatus, STATUS_NAMES } from "../../../domain/estimate/status.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { useState } from "react";
import { type Api, type EstimateListItem, type EstimatePage, read } from "../api.ts";
import { Failure } from "../components/failure.tsx";
import { KeptHint } from "../components/kept_hint.tsx";
import { Loading } from "../components/loading.tsx";
import { Notice } from "../components/notice.tsx";
import { StatusDot } from "../components/status_dot.tsx";
import { useKeptLoaded } from "../device/kept.ts";
import { useListNews } from "../live/list_news.ts";
import { goTo } from "../navigation.ts";
import { countLines, texts } from "../texts_ru.ts";

const PAGE = 30;

export interface EstimateListProps {
  readonly api: Api;
  readonly search: string;
  /** Null: any. */
  readonly status: EstimateStatus | null;
}

/** The estimates, newest first, page after page; give it another key where it is narrowed otherwise. */
export function EstimateList({ api, search, status }: EstimateListProps) {
  const [pages, setPages] = useState(1);
  const isNarrowed = search !== "" || status !== null;
  const list = useKeptLoaded(
    JSON.stringify([search, status, pages]),
    isNarrowed ? null : "list/estimates",
    (signal) => readPages(api, { search, status, pages, signal }),
  );
  useListNews(list.reload);
  return (
    <>
      {list.state === "failed" ? <Failure error={list.error} onRetry={list.reload} /> : null}
      <KeptHint keptAt={list.keptAt} />
      {list.value ? (
        <Pages page={list.value} isNarrowed={isNarrowed} onMore={() => setPages(pages + 1)} />
      ) : null}
      {list.state === "loading" && !list.value ? <Loading /> : null}
    </>
  );
}

interface ListRequest {
  readonly search: string;
  readonly status: EstimateStatus | null;
  readonly pages: number;
  readonly signal: AbortSignal;
}

async function readPages(
  api: Api,
  { search, status, pages, signal }: ListRequest,
): Promise<EstimatePage> {
  const items: EstimateListItem[] = [];
  let next: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const query: Record<string, string> = {
      limit: String(PAGE),
      ...(search === "" ? {} : { q: search }),
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
  readonly isNarrowed: boolean;
  readonly onMore: () => void;
}

function Pages({ page, isNarrowed, onMore }: PagesProps) {
  if (page.items.length === 0) {
    return isNarrowed ? (
      <Notice title={texts.nothingFound} hint={texts.nothingFoundHint} />
    ) : (
      <Notice title={texts.noEstimates} hint={texts.noEstimatesHint} />
    );
  }
  return (
    <>
      <ul className="cards">
        {page.items.map((item) => (
          <li key={item.id}>
            <EstimateItem item={item} />
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

function EstimateItem({ item }: { readonly item: EstimateListItem }) {
  const title = item.title || item.projectTitle || texts.untitled;
  return (
    <button type="button" className="card" onClick={() => goTo({ name: "estimate", id: item.id })}>
      <span className="card-title">{title}</span>
      <span className="card-total">{formatMoneyRu(parseMoney(item.total) ?? ZERO)}</span>
      <span className="card-hint">
        <span>
          <StatusDot status={item.status} />
          {STATUS_NAMES[item.status]}
        </span>
        <span>{item.number}</span>
        {item.clientName ? <span>{item.clientName}</span> : null}
        <span>{countLines(item.lineCount)}</span>
      </span>
    </button>
  );
}
