import { useEffect, useState } from "react";
import { nameKey } from "../../../domain/catalogue.ts";
import type { Content, Line, LineKind } from "../../../domain/estimate/estimate.ts";
import { type Kopecks, parseMoney, ZERO } from "../../../domain/money.ts";
import { type Api, type CatalogueItem, read } from "../api.ts";
import { useSettled } from "../loading.ts";
import { age, texts } from "../texts_ru.ts";
import { useEditor, useEstimate } from "./context.ts";

/** A work or a material that the company knows, with its price. */
export interface Suggestion {
  readonly name: string;
  readonly unit: string;
  readonly kind: LineKind;
  readonly price: Kopecks;
  readonly cost: Kopecks | null;
  readonly priceSource: Line["priceSource"];
  /** Where the price is from and how old it is. */
  readonly origin: string;
}

const MIN_LETTERS = 2;
const MAX_SHOWN = 6;

/** What fits the letters typed so far: of this estimate first, then of the company's price list. */
export function useSuggestions(text: string): readonly Suggestion[] {
  const { api } = useEditor();
  const content = useEstimate((state) => state.content);
  const words = useSettled(text.trim());
  const [found, setFound] = useState<readonly Suggestion[]>([]);
  const isAsked = words.length >= MIN_LETTERS;

  useEffect(() => {
    if (!isAsked) return undefined;
    const controller = new AbortController();
    const ask = async () => {
      const items = await askCatalogue(api, words, controller.signal);
      if (!controller.signal.aborted) setFound(items);
    };
    void ask();
    return () => controller.abort();
  }, [api, words, isAsked]);

  if (!isAsked) return [];
  const seen = new Set<string>();
  return [...findOwn(content, words), ...found]
    .filter(({ name, unit }) => {
      const key = `${nameKey(name)}|${unit}`;
      // What is typed out already is no suggestion.
      if (seen.has(key) || name === text) return false;
      seen.add(key);
      return true;
    })
    .slice(0, MAX_SHOWN);
}

/** Without a network there is simply nothing to suggest. */
async function askCatalogue(api: Api, q: string, signal: AbortSignal): Promise<Suggestion[]> {
  const query = { q, limit: String(MAX_SHOWN) };
  try {
    const page = await read(api.catalogue.$get({ query }, { init: { signal } }));
    return page.items.map(fromCatalogue);
  } catch {
    return [];
  }
}

function fromCatalogue(item: CatalogueItem): Suggestion {
  return {
    name: item.name,
    unit: item.unit,
    kind: item.kind,
    price: parseMoney(item.price) ?? ZERO,
    cost: item.cost === null ? null : parseMoney(item.cost),
    priceSource: item.source === "learned" ? "history" : "catalogue",
    origin: age(new Date(item.pricedAt), new Date()),
  };
}

function findOwn(content: Content, words: string): Suggestion[] {
  const key = nameKey(words);
  const own: Suggestion[] = [];
  for (const line of content.lines.values()) {
    if (line.price === 0n || !nameKey(line.name).includes(key)) continue;
    const { name, unit, kind, price, cost } = line;
    own.push({
      name,
      unit,
      kind,
      price,
      cost,
      priceSource: "history",
      origin: texts.ofThisEstimate,
    });
    if (own.length === 3) break;
  }
  return own;
}
