import type { ComponentProps, PointerEvent } from "react";
import { isCounted, type Line } from "../../../domain/estimate/estimate.ts";
import { clientAmount, type Coefficients } from "../../../domain/estimate/totals.ts";
import { multiply, subtract } from "../../../domain/money.ts";
import { QUANTITY_ONE } from "../../../domain/quantity.ts";
import { formatAmountRu } from "../../../domain/numbers_ru.ts";
import { Icon } from "../components/icon.tsx";
import { setLine } from "../estimate/edits.ts";
import { texts } from "../texts_ru.ts";
import { showLineCell } from "./cell.tsx";
import { useEditor, useUi } from "./context.ts";
import { removeWithUndo } from "./keyboard.ts";
import { useSwipe } from "./swipe.ts";
import { type Cell, cellKey, type Field, type UiState } from "./ui_store.ts";

export interface LineRowProps {
  /** Where the row is in the list: its class, style and count for screen readers. */
  readonly place: ComponentProps<"li">;
  readonly line: Line;
  readonly number: number;
  /** Given while it is being edited. */
  readonly cell: Cell | null;
  readonly photos: number;
  readonly rejected: UiState["rejected"];
  readonly coefficients: Coefficients;
  readonly canEdit: boolean;
  readonly showsCost: boolean;
  readonly onDragStart: (event: PointerEvent<HTMLElement>, rowKey: string) => void;
}

/** The row and the line in one element, and as few as can be in it: see docs/decisions/0030. */
export function LineRow(props: LineRowProps) {
  const { place, line, number, cell, photos, rejected, coefficients, canEdit, showsCost } = props;
  const { id: lineId } = line;
  const editor = useEditor();
  const swipe = useSwipe(() => removeWithUndo(editor, lineId));
  const show = (field: Field) =>
    showLineCell(editor, {
      line,
      number,
      field,
      cell: cell?.field === field ? cell : null,
      rejected: rejected.get(cellKey({ rowKey: lineId, field })) ?? null,
      canEdit,
    });
  const hasNote = line.note !== "" || line.internalNote !== "";
  return (
    <li
      {...place}
      className={`${place.className} line${isCounted(line) ? "" : " line-out"}`}
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
          onPointerDown={(event) => props.onDragStart(event, lineId)}
        />
      ) : null}
      <span className="line-number hint" aria-hidden="true">
        {number}
      </span>
      {line.isOptional ? (
        <div className="line-name">
          <OptionalMark line={line} canEdit={canEdit} />
          {show("name")}
        </div>
      ) : (
        show("name")
      )}
      {show("quantity")}
      {show("unit")}
      <span className="line-times hint" aria-hidden="true">
        ×
      </span>
      {show(showsCost ? "cost" : "price")}
      {cell ? (
        <TypedAmount line={line} coefficients={coefficients} showsMargin={showsCost} />
      ) : (
        <LineAmount line={line} coefficients={coefficients} showsMargin={showsCost} />
      )}
      <button
        type="button"
        className={hasNote ? "icon-button line-more" : "icon-button line-more dots"}
        aria-label={`${texts.lineMore} ${number}${photos === 0 ? "" : `, фото: ${photos}`}`}
        onClick={() => editor.ui.set({ sheet: { kind: "line", lineId } })}
      >
        {hasNote ? <Icon name="note" /> : null}
        {photos === 0 ? null : (
          <span className="line-photos" aria-hidden="true">
            <Icon name="camera" />
            {photos}
          </span>
        )}
      </button>
    </li>
  );
}

/** Values of a big contract hardly fit beside each other on a small phone. */
function roomOf(line: Line): "some" | "little" | undefined {
  const values = [line.quantity / QUANTITY_ONE, line.price, multiply(line.price, line.quantity)];
  const digits = values.reduce((sum, value) => sum + value.toString().length, line.unit.length);
  if (digits > 25) return "little";
  return digits > 19 ? "some" : undefined;
}

interface LineAmountProps {
  readonly line: Line;
  readonly coefficients: Coefficients;
  readonly showsMargin: boolean;
}

/** The amount with what is being typed. */
function TypedAmount({ line, ...props }: LineAmountProps) {
  const draft = useUi((state) => (state.draft?.lineId === line.id ? state.draft.set : null));
  return <LineAmount {...props} line={draft ? { ...line, ...draft } : line} />;
}

/** What the client pays for the line, or what is left of it. */
function LineAmount({ line, coefficients, showsMargin }: LineAmountProps) {
  const amount = clientAmount(line, coefficients);
  if (!showsMargin) return <span className="line-amount amount">{formatAmountRu(amount)}</span>;
  const margin = line.cost === null ? null : subtract(amount, multiply(line.cost, line.quantity));
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
