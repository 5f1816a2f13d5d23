import { useState } from "react";
import {
  ESTIMATE_STATUSES,
  type EstimateStatus,
  STATUS_NAMES,
} from "../../../domain/estimate/status.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { type Api, type EstimateListItem, type EstimatePage, read } from "../api.ts";
import { Loading } from "../components/loading.tsx";
import { NewEstimateButton } from "../components/new_estimate_button.tsx";
import { Notice } from "../components/notice.tsx";
import { KeptHint } from "../components/kept_hint.tsx";
import { useKeptLoaded } from "../device/kept.ts";
import { StatusDot } from "../components/status_dot.tsx";
import { useListNews } from "../live/list_news.ts";
import { useSettled } from "../loading.ts";
import { goTo } from "../navigation.ts";
import { countLines, texts } from "../texts_ru.ts";
import "./estimates_screen.css";

export interface EstimatesScreenProps {
  readonly api: Api;
}

const SECTIONS = [
  ["clients", texts.clients],
  ["projects", texts.projects],
  ["catalogue", texts.catalogue],
  ["settings", texts.settings],
] as const;

const PAGE = 30;

export function EstimatesScreen({ api }: EstimatesScreenProps) {
  const [words, setWords] = useState("");
  const [status, setStatus] = useState<EstimateStatus | null>(null);
  const search = useSettled(words.trim());
  const [pages, setPages] = useState(1);
  const isNarrowed = search !== "" || status !== null;
  const list = useKeptLoaded(
    JSON.stringify([search, status, pages]),
    isNarrowed ? null : "list/estimates",
    (signal) => readPages(api, { search, status, pages, signal }),
  );
  useListNews(list.reload);

  const find = (text: string) => {
    setWords(text);
    setPages(1);
  };
  const filter = (chosen: EstimateStatus | null) => {
    setStatus(chosen);
    setPages(1);
  };

  return (
    <main className="screen">
      <div className="list-head">
        <h1>{texts.estimates}</h1>
        <NewEstimateButton api={api} />
      </div>
      <nav className="chips" aria-label={texts.sections}>
        {SECTIONS.map(([name, label]) => (
          <button key={name} type="button" className="chip" onClick={() => goTo({ name })}>
            {label}
          </button>
        ))}
      </nav>
      <input
        className="search"
        type="search"
        value={words}
        placeholder={texts.search}
        aria-label={texts.searchLabel}
        enterKeyHint="search"
        autoComplete="off"
        onChange={(event) => find(event.target.value)}
      />
      <fieldset className="chips" aria-label={texts.status}>
        {[null, ...ESTIMATE_STATUSES].map((option) => (
          <button
            key={option ?? "all"}
            type="button"
            className="chip"
            aria-pressed={status === option}
            onClick={() => filter(option)}
          >
            {option === null ? null : <StatusDot status={option} />}
            {option === null ? texts.allStatuses : STATUS_NAMES[option]}
          </button>
        ))}
      </fieldset>
      {list.state === "failed" ? (
        <Notice title={list.error.message}>
          <button type="button" className="button" onClick={list.reload}>
            {texts.retry}
          </button>
        </Notice>
      ) : null}
      <KeptHint keptAt={list.keptAt} />
      {list.value ? (
        <EstimateList
          page={list.value}
          isNarrowed={isNarrowed}
          onMore={() => setPages(pages + 1)}
        />
      ) : null}
      {list.state === "loading" && !list.value ? <Loading /> : null}
    </main>
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

interface EstimateListProps {
  readonly page: EstimatePage;
  readonly isNarrowed: boolean;
  readonly onMore: () => void;
}

function EstimateList({ page, isNarrowed, onMore }: EstimateListProps) {
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
