import { type ReactNode, useState } from "react";
import { Notice } from "../components/notice.tsx";
import { useKeptLoaded } from "../device/kept.ts";
import { useSettled } from "../loading.ts";
import { useChoice } from "../navigation.ts";
import { texts } from "../texts_ru.ts";
import { LoadedPart } from "./page.tsx";
import "./estimates_screen.css";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface PageQuery extends Record<string, string> {
  limit: string;
}

export interface RecordListProps<Item extends { readonly id: string }> {
  /** Names what is listed; another name begins the list anew. */
  readonly name: string;
  readonly searchLabel: string;
  readonly emptyTitle: string;
  readonly emptyHint: string;
  readonly load: (query: PageQuery, signal: AbortSignal) => Promise<Page<Item>>;
  readonly children: (item: Item) => ReactNode;
}

const PAGE = "30";

/** A list with a search, page after page. */
export function RecordList<Item extends { readonly id: string }>(props: RecordListProps<Item>) {
  const [words, setWords] = useChoice("words");
  const [pages, setPages] = useState(1);
  const search = useSettled(words.trim());
  const key = JSON.stringify([props.name, search, pages]);
  const keptKey = search === "" ? `list/${props.name}` : null;
  const list = useKeptLoaded(key, keptKey, async (signal) => {
    const items: Item[] = [];
    let next: string | null = null;
    for (let page = 0; page < pages; page += 1) {
      const query: PageQuery = {
        limit: PAGE,
        ...(search === "" ? {} : { q: search }),
        ...(next === null ? {} : { cursor: next }),
      };
      const found: Page<Item> = await props.load(query, signal);
      items.push(...found.items);
      next = found.next;
      if (next === null) break;
    }
    return { items, next };
  });
  return (
    <>
      <input
        className="search"
        type="search"
        value={words}
        placeholder={props.searchLabel}
        aria-label={props.searchLabel}
        enterKeyHint="search"
        autoComplete="off"
        onChange={(event) => {
          setWords(event.target.value);
          setPages(1);
        }}
      />
      <LoadedPart loaded={list}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <Notice
                title={search === "" ? props.emptyTitle : texts.nothingFound}
                hint={search === "" ? props.emptyHint : texts.nothingFoundHint}
              />
            ) : null}
            <ul className="cards">
              {items.map((item) => (
                <li key={item.id}>{props.children(item)}</li>
              ))}
            </ul>
            {next === null ? null : (
              <button type="button" className="button quiet" onClick={() => setPages(pages + 1)}>
                {texts.more}
              </button>
            )}
          </>
        )}
      </LoadedPart>
    </>
  );
}
