import { useState } from "react";
import { type EstimateStatus, STATUS_NAMES } from "../../../domain/estimate/status.ts";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import { SEARCH_FIELDS, type SearchKind } from "../../../domain/search.ts";
import { type Api, read, type SearchHit, type SearchPage } from "../api.ts";
import { Failure } from "../components/failure.tsx";
import { Loading } from "../components/loading.tsx";
import { Notice } from "../components/notice.tsx";
import { StatusDot } from "../components/status_dot.tsx";
import { useLoaded } from "../loading.ts";
import { goTo, type Route } from "../navigation.ts";
import { texts } from "../texts_ru.ts";
import "./search_hits.css";

const PAGE = "20";
/** More would push the next hit out of sight. */
const MOST_REASONS = 2;

const KINDS: Readonly<Record<SearchKind, string>> = {
  client: texts.foundClient,
  project: texts.foundProject,
  estimate: texts.foundEstimate,
  deal: texts.foundDeal,
};

export interface SearchHitsProps {
  readonly api: Api;
  /** What was typed. */
  readonly words: string;
  /** Estimates in it and nothing else; null: everything. */
  readonly status: EstimateStatus | null;
}

/** Everything that fits the words: clients, objects, estimates with their lines, deals; and why. */
export function SearchHits({ api, words, status }: SearchHitsProps) {
  const asked = JSON.stringify([words, status]);
  const [shown, setShown] = useState({ asked, pages: 1 });
  // Anything else begins with the first page.
  const pages = shown.asked === asked ? shown.pages : 1;
  const found = useLoaded(JSON.stringify([asked, pages]), (signal) =>
    readPages(api, { words, status, pages, signal }),
  );
  if (found.state === "failed") return <Failure error={found.error} onRetry={found.reload} />;
  if (!found.value) return <Loading />;
  const { items, next, corrections } = found.value;
  if (items.length === 0) {
    const hint = status === null ? texts.nothingFoundHint : texts.nothingFoundOfStatusHint;
    return <Notice title={texts.nothingFound} hint={hint} />;
  }
  return (
    <>
      {corrections.length === 0 ? null : (
        <p className="hint">
          {texts.corrected} {corrections.join(", ")}
        </p>
      )}
      <ul className="cards" aria-label={texts.found}>
        {items.map((hit) => (
          <li key={`${hit.kind}/${hit.id}`}>
            <HitCard hit={hit} />
          </li>
        ))}
      </ul>
      {next === null ? null : (
        <button
          type="button"
          className="button quiet"
          onClick={() => setShown({ asked, pages: pages + 1 })}
        >
          {texts.more}
        </button>
      )}
    </>
  );
}

interface SearchRequest {
  readonly words: string;
  readonly status: EstimateStatus | null;
  readonly pages: number;
  readonly signal: AbortSignal;
}

async function readPages(
  api: Api,
  { words, status, pages, signal }: SearchRequest,
): Promise<SearchPage> {
  const items: SearchHit[] = [];
  let cursor: string | null = null;
  let corrections: readonly string[] = [];
  for (let page = 0; page < pages; page += 1) {
    const query = {
      q: words,
      limit: PAGE,
      ...(status === null ? {} : { status }),
      ...(cursor === null ? {} : { cursor }),
    };
    const found: SearchPage = await read(api.search.$get({ query }, { init: { signal } }));
    items.push(...found.items);
    cursor = found.next;
    if (page === 0) ({ corrections } = found);
    if (cursor === null) break;
  }
  return { items, next: cursor, corrections };
}

function HitCard({ hit }: { readonly hit: SearchHit }) {
  const route = routeOf(hit);
  const content = (
    <>
      <span className="card-title">{hit.title || texts.untitled}</span>
      {hit.total === null ? null : (
        <span className="card-total">{formatMoneyRu(parseMoney(hit.total) ?? ZERO)}</span>
      )}
      <span className="card-hint">
        <span>
          {KINDS[hit.kind]} {hit.number}
        </span>
        {hit.status === null ? null : (
          <span>
            <StatusDot status={hit.status} />
            {STATUS_NAMES[hit.status]}
          </span>
        )}
        {hit.about === "" ? null : <span>{hit.about}</span>}
      </span>
      {hit.reasons.slice(0, MOST_REASONS).map((reason) => (
        <span key={`${reason.field}/${reason.text}`} className="card-why">
          {SEARCH_FIELDS[reason.field]}: <Marked {...reason} />
        </span>
      ))}
    </>
  );
  if (!route) return <div className="card">{content}</div>;
  return (
    <button type="button" className="card" onClick={() => goTo(route)}>
      {content}
    </button>
  );
}

/** A deal leads to its estimate, and one without an estimate nowhere: it lives in the CRM. */
function routeOf({ kind, id, estimateId }: SearchHit): Route | null {
  if (kind === "client" || kind === "project") return { name: kind, id };
  return estimateId === null ? null : { name: "estimate", id: estimateId };
}

/** The words that were found, marked in their text. */
function Marked({ text, marks }: Pick<SearchHit["reasons"][number], "text" | "marks">) {
  const pieces = marks.map(({ start, end }, index) => (
    <span key={start}>
      {text.slice(marks[index - 1]?.end ?? 0, start)}
      <mark>{text.slice(start, end)}</mark>
    </span>
  ));
  return (
    <>
      {pieces}
      {text.slice(marks.at(-1)?.end ?? 0)}
    </>
  );
}
