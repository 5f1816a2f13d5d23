import { type PointerEvent, memo } from "react";
import { isCounted, type Line } from "../../../domain/estimate/estimate.ts";
import { clientAmount } from "../../../domain/estimate/totals.ts";
import type { Id } from "../../../domain/ids.ts";
import { multiply, subtract } from "../../../domain/money.ts";
import { QUANTITY_ONE } from "../../../domain/quantity.ts";
import { formatAmountRu } from "../../../domain/numbers_ru.ts";
import { Icon } from "../components/icon.tsx";
import { setLine } from "../estimate/edits.ts";
import { texts } from "../texts_ru.ts";
import { LineCell } from "./cell.tsx";
import { useEditor, useEstimate, useUi } from "./context.ts";
import { removeWithUndo } from "./keyboard.ts";
import { useSwipe } from "./swipe.ts";
import { cellKey, type Field } from "./ui_store.ts";

export interface LineRowProps {
  readonly lineId: Id;
  readonly number: number;
  readonly onDragStart: (event: PointerEvent<HTMLElement>, rowKey: string) => void;
}

export const LineRow = memo(({ lineId, number, onDragStart }: LineRowProps) => {
  const editor = useEditor();
  const line = useEstimate((state) => state.content.lines.get(lineId));
  const canEdit = useEstimate((state) => state.canEdit);
  const showsCost = useUi((state) => state.showsCost);
  const cell = useUi((state) => (state.cell?.rowKey === lineId ? state.cell : null));
  const rejected = useUi((state) => state.rejected);
  const photos = useUi((state) => state.photos.get(lineId) ?? 0);
  const swipe = useSwipe(() => removeWithUndo(editor, lineId));
  if (!line) return null;
  const show = (field: Field) => (
    <LineCell
      line={line}
      number={number}
      field={field}
      cell={cell?.field === field ? cell : null}
      rejected={rejected.get(cellKey({ rowKey: lineId, field })) ?? null}
      canEdit={canEdit}
    />
  );
  return (
    <div
      className={isCounted(line) ? "line" : "line line-out"}
      data-room={roomOf(line)}
      data-row={lineId}
      {...(canEdit ? swipe : {})}
    >
      {canEdit ? (
        <button
          type="button"
          className="handle"
          aria-label={`${texts.moveLine} ${number}`}
          title={texts.moveHint}
          onPointerDown={(event) => onDragStart(event, lineId)}
        >
          <Icon name="handle" />
        </button>
      ) : null}
      <span className="line-number hint" aria-hidden="true">
        {number}
      </span>
      <div className="line-name">
        {line.isOptional ? <OptionalMark line={line} canEdit={canEdit} /> : null}
        {show("name")}
      </div>
      {show("quantity")}
      {show("unit")}
      <span className="line-times hint" aria-hidden="true">
        ×
      </span>
      {show(showsCost ? "cost" : "price")}
      <LineAmount line={line} showsMargin={showsCost} />
      <button
        type="button"
        className="icon-button line-more"
        aria-label={`${texts.lineMore} ${number}${photos === 0 ? "" : `, фото: ${photos}`}`}
        onClick={() => editor.ui.set({ sheet: { kind: "line", lineId } })}
      >
        <Icon name={line.note === "" && line.internalNote === "" ? "more" : "note"} />
        {photos === 0 ? null : (
          <span className="line-photos" aria-hidden="true">
            <Icon name="camera" />
            {photos}
          </span>
        )}
      </button>
    </div>
  );
});
LineRow.displayName = "LineRow";

/** Values of a big contract hardly fit beside each other on a small phone. */
function roomOf(line: Line): "some" | "little" | undefined {
  const values = [line.quantity / QUANTITY_ONE, line.price, multiply(line.price, line.quantity)];
  const digits = values.reduce((sum, value) => sum + value.toString().length, line.unit.length);
  if (digits > 25) return "little";
  return digits > 19 ? "some" : undefined;
}

/** What the client pays for the line, or what is left of it; with what is being typed. */
function LineAmount({ line, showsMargin }: { readonly line: Line; readonly showsMargin: boolean }) {
  const coefficients = useEstimate((state) => state.ledger.coefficients);
  const draft = useUi((state) => (state.draft?.lineId === line.id ? state.draft.set : null));
  const typed = draft ? { ...line, ...draft } : line;
  const amount = clientAmount(typed, coefficients);
  if (!showsMargin) return <span className="line-amount amount">{formatAmountRu(amount)}</span>;
  const margin =
    typed.cost === null ? null : subtract(amount, multiply(typed.cost, typed.quantity));
  return (
    <span className={`line-amount amount ${margin !== null && margin < 0n ? "loss" : ""}`}>
      {margin === null ? "—" : formatAmountRu(margin)}
    </span>
  );
}

/** An optional line counts when it is ticked. */
function OptionalMark({ line, canEdit }: { readonly line: Line; readonly canEdit: boolean }) {
  const { store } = useEditor();
  return (
    <input
      className="optional-mark"
      type="checkbox"
      aria-label={texts.chosen}
      title={texts.optional}
      checked={line.isChosen}
      disabled={!canEdit}
      onChange={(event) => store.change(setLine(line.id, { isChosen: event.target.checked }))}
    />
  );
}
