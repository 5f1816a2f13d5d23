import {
  type KeyboardEvent,
  type PointerEvent,
  memo,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import type { Section } from "../../../domain/estimate/estimate.ts";
import { NO_SUMS } from "../../../domain/estimate/totals.ts";
import type { Id } from "../../../domain/ids.ts";
import { add } from "../../../domain/money.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import { cleanText } from "../../../domain/text.ts";
import { newId } from "../new_id.ts";
import { texts } from "../texts_ru.ts";
import { useEditor, useEstimate, useUi } from "./context.ts";
import { focusCell } from "./keyboard.ts";
import { useShownLedger } from "./shown.ts";

export interface SectionRowProps {
  /** Null: the lines before the first section. */
  readonly sectionId: Id | null;
  readonly onDragStart: (event: PointerEvent<HTMLElement>, rowKey: string) => void;
}

export const SectionRow = memo(({ sectionId, onDragStart }: SectionRowProps) => {
  const { ui } = useEditor();
  const section = useEstimate((state) =>
    sectionId === null ? null : state.content.sections.get(sectionId),
  );
  const canEdit = useEstimate((state) => state.canEdit);
  if (section === undefined) return null;
  return (
    <div className="section" data-row={`section/${sectionId}`}>
      {canEdit && section ? (
        <button
          type="button"
          className="handle"
          aria-label={`${texts.moveSection} ${section.title}`}
          title={texts.moveHint}
          onPointerDown={(event) => onDragStart(event, `section/${section.id}`)}
        />
      ) : null}
      {section ? (
        <SectionTitle section={section} />
      ) : (
        <h2 className="section-title">{texts.looseLines}</h2>
      )}
      <SectionAmount sectionId={sectionId} />
      {section ? (
        <button
          type="button"
          className="icon-button dots"
          aria-label={`${texts.sectionMore} ${section.title}`}
          onClick={() => ui.set({ sheet: { kind: "section", sectionId: section.id } })}
        />
      ) : null}
    </div>
  );
});
SectionRow.displayName = "SectionRow";

function SectionAmount({ sectionId }: { readonly sectionId: Id | null }) {
  const { work, material } = useShownLedger().sections.get(sectionId) ?? NO_SUMS;
  return <span className="section-amount amount">{formatMoneyRu(add(work, material))}</span>;
}

function SectionTitle({ section }: { readonly section: Section }) {
  const { ui } = useEditor();
  const canEdit = useEstimate((state) => state.canEdit);
  const cell = useUi((state) =>
    state.cell?.field === "title" && state.cell.rowKey === `section/${section.id}`
      ? state.cell
      : null,
  );
  if (cell) return <TitleInput section={section} />;
  const rowKey = `section/${section.id}`;
  const title = <span className="cell-text">{section.title}</span>;
  if (!canEdit) return <h2 className="section-title cell-title">{title}</h2>;
  return (
    <h2 className="section-title">
      <button
        type="button"
        className="cell cell-title"
        data-cell={`${rowKey}:title`}
        onClick={() => flushSync(() => ui.edit({ rowKey, field: "title" }))}
      >
        {title}
      </button>
    </h2>
  );
}

function TitleInput({ section }: { readonly section: Section }) {
  const { store, ui } = useEditor();
  const [text, setText] = useState(section.title);
  const input = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  const rowKey = `section/${section.id}`;
  useLayoutEffect(() => input.current?.select(), []);

  const save = () => {
    const title = cleanText(text).slice(0, 200);
    if (title === "" || title === section.title) return;
    store.change([{ id: newId(), type: "section.set", sectionId: section.id, set: { title } }]);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      isDone.current = true;
      save();
      // A new section goes on with its first line.
      const rows = store.getState().outline;
      const next = rows[rows.findIndex(({ key }) => key === rowKey) + 1];
      flushSync(() => ui.edit(next ? { rowKey: next.key, field: "name" } : null));
    } else if (event.key === "Escape") {
      isDone.current = true;
      flushSync(() => ui.edit(null));
      focusCell({ rowKey, field: "title" });
    }
  };
  return (
    <input
      ref={input}
      className="cell-input section-input"
      value={text}
      maxLength={200}
      aria-label={texts.sectionTitle}
      enterKeyHint="next"
      autoComplete="off"
      onChange={(event) => setText(event.target.value)}
      onKeyDown={press}
      onBlur={() => {
        if (isDone.current) return;
        isDone.current = true;
        save();
        if (ui.getState().cell?.rowKey === rowKey) ui.edit(null);
      }}
    />
  );
}
