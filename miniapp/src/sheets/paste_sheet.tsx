import { useEffect, useMemo, useState } from "react";
import { changesOfList, type PricedSection } from "../../../domain/estimate/added_list.ts";
import type { Content } from "../../../domain/estimate/estimate.ts";
import type { ParsedEstimate } from "../../../domain/quick_add/types.ts";
import type { Id } from "../../../domain/ids.ts";
import { parseMoney } from "../../../domain/money.ts";
import { formatMoneyRu, formatQuantityRu } from "../../../domain/numbers_ru.ts";
import { type Api, read } from "../api.ts";
import { useEditor } from "../editor/context.ts";
import { loadQuickAdd } from "../editor/quick_line.ts";
import { useSettled } from "../loading.ts";
import { newId } from "../new_id.ts";
import { feel } from "../telegram/manners.ts";
import { countLines } from "../texts_ru.ts";
import { Dialog, type SheetProps } from "./dialog.tsx";
import { sheetTexts } from "./sheet_texts_ru.ts";

export interface PasteSheetProps extends SheetProps {
  readonly text: string;
  /** Where lines without a heading go. */
  readonly sectionId: Id | null;
}

/** A list from a message or a table: what was understood, before anything is added. */
export function PasteSheet({ text: pasted, sectionId, onClose }: PasteSheetProps) {
  const { api, store, ui } = useEditor();
  const [text, setText] = useState(pasted);
  const [isBusy, setIsBusy] = useState(false);
  const list = useParsed(useSettled(text));

  const add = async () => {
    if (!list) return;
    setIsBusy(true);
    const sections = await priceList(api, list);
    const { content } = store.getState();
    store.change(
      changesOfList(
        sections,
        { sections: [...content.sections.values()], lastPositions: lastPositions(content) },
        { target: sectionId, newId },
      ),
    );
    feel("success");
    ui.say(`Добавлено: ${countLines(list.lineCount)}`, store.getState().lastStep);
    onClose();
  };

  return (
    <Dialog title={sheetTexts.pasteTitle} onClose={onClose}>
      <label className="field">
        <span>{sheetTexts.pasteLabel}</span>
        <textarea
          className="field-input"
          rows={6}
          value={text}
          placeholder={sheetTexts.pasteExample}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      {list ? <Preview list={list} /> : <p className="hint">{sheetTexts.pasteLoading}</p>}
      <button
        type="button"
        className="button"
        disabled={isBusy || !list || list.lineCount === 0}
        onClick={() => void add()}
      >
        Добавить {countLines(list?.lineCount ?? 0)}
      </button>
    </Dialog>
  );
}

function useParsed(text: string): ParsedEstimate | null {
  const [parse, setParse] = useState<((text: string) => ParsedEstimate) | null>(null);
  useEffect(() => {
    const load = async () => {
      const { parseQuickAdd } = await loadQuickAdd();
      setParse(() => parseQuickAdd);
    };
    void load();
  }, []);
  return useMemo(() => parse?.(text) ?? null, [parse, text]);
}

const MAX_SHOWN = 300;

function Preview({ list }: { readonly list: ParsedEstimate }) {
  if (list.lineCount === 0 && list.unread.length === 0) {
    return <p className="hint">{sheetTexts.pasteNothing}</p>;
  }
  return (
    <div className="preview">
      {list.unread.length > 0 ? (
        <section className="problem">
          <h3>{sheetTexts.pasteUnread}</h3>
          <ul>
            {list.unread.map((line) => (
              <li key={line.lineNumber}>
                <strong>{line.text}</strong> <span className="hint">{line.reason}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {list.sections.map((section) => (
        <section key={`${section.title}/${section.lines[0]?.lineNumber}`}>
          {section.title === null ? null : <h3>{section.title}</h3>}
          <ul>
            {section.lines.slice(0, MAX_SHOWN).map((line) => (
              <li key={`${line.lineNumber}/${line.name}`}>
                {line.name}{" "}
                <span className="hint">
                  {formatQuantityRu(line.quantity)} {line.unit} ×{" "}
                  {line.price === null ? sheetTexts.noPrice : formatMoneyRu(line.price)}
                  {line.warnings.map(({ code, message }) =>
                    code === "no_price" ? "" : ` · ${message}`,
                  )}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {list.notes.length > 0 ? (
        <section>
          <h3>{sheetTexts.pasteNotes}</h3>
          <ul>
            {list.notes.map((note) => (
              <li key={note.lineNumber}>
                {note.text} <span className="hint">{note.reason}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <p className="preview-total">
        {sheetTexts.subtotal} <span className="amount">{formatMoneyRu(list.total)}</span>
      </p>
    </div>
  );
}

/** Lines without a price take the company's own, where there is one and a network. */
async function priceList(api: Api, list: ParsedEstimate): Promise<PricedSection[]> {
  const unpriced = list.sections.flatMap(({ lines }) =>
    lines.filter(({ price }) => price === null),
  );
  const wanted = unpriced.slice(0, 1000).map(({ name, unit }) => ({ name, unit }));
  const found = new Map<unknown, Suggested>();
  if (wanted.length > 0) {
    const prices = await askPrices(api, wanted);
    for (const [index, line] of unpriced.entries()) {
      const price = prices[index];
      if (price) found.set(line, price);
    }
  }
  return list.sections.map(({ title, kind, lines }) => ({
    title,
    kind,
    lines: lines.map((line) => {
      const suggested = found.get(line);
      const { name, unit, quantity, kind } = line;
      return {
        name,
        unit: unit === "" ? (suggested?.unit ?? "") : unit,
        quantity,
        kind,
        price: line.price ?? (suggested ? parseMoney(suggested.price) : null),
        cost: suggested?.cost ? parseMoney(suggested.cost) : null,
        priceSource: line.price === null && suggested ? suggested.source : "import",
      };
    }),
  }));
}

type Suggested = NonNullable<Awaited<ReturnType<typeof askPrices>>[number]>;

/** Without a network the lines simply come without prices, and say so. */
async function askPrices(api: Api, wanted: { name: string; unit: string }[]) {
  try {
    return (await read(api.catalogue.prices.$post({ json: { wanted } }))).prices;
  } catch {
    return [];
  }
}

function lastPositions(content: Content): Map<Id | null, string> {
  const last = new Map<Id | null, string>();
  for (const { sectionId, position } of content.lines.values()) {
    if (position > (last.get(sectionId) ?? "")) last.set(sectionId, position);
  }
  return last;
}
