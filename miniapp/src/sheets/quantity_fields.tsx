import { inOrder, type Line } from "../../../domain/estimate/estimate.ts";
import { evaluateFormula, MEASURES, measureQuantity, referTo } from "../../../domain/measures.ts";
import { MEASURE_NAMES } from "../../../domain/measures_ru.ts";
import { formatQuantityRu } from "../../../domain/numbers_ru.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate } from "../editor/context.ts";
import { cellText, readCell } from "../editor/values.ts";
import { setLine } from "../estimate/edits.ts";
import { FIELD_NAMES } from "../texts_ru.ts";
import { Choice, NumberField } from "./fields.tsx";
import { MEASURE_UNITS, sheetTexts } from "./sheet_texts_ru.ts";

/** The quantity of a line: a number, arithmetic, or a measure of a room. */
export function QuantityFields({ line }: { readonly line: Line }) {
  const { store, ui } = useEditor();
  const rooms = useEstimate((state) => state.content.rooms);
  const canEdit = useEstimate((state) => state.canEdit);
  const save = (text: string): string | null => {
    const typed = readCell("quantity", text, rooms);
    if (!typed.ok) return typed.problem;
    store.change(setLine(line.id, typed.set));
    return null;
  };
  const follow = (reference: string) => {
    const chosen = options.find((option) => option.reference === reference);
    if (!chosen) return;
    const quantityFormula = chosen.reference;
    const quantity = evaluateFormula(quantityFormula, (id) => rooms.get(id));
    const unit = line.unit === "" ? { unit: MEASURE_UNITS[chosen.measure] } : {};
    store.change(setLine(line.id, { quantity, quantityFormula, ...unit }));
  };
  const options = inOrder(rooms.values()).flatMap((room) =>
    MEASURES.map((measure) => ({
      measure,
      reference: referTo(room.id, measure),
      name: `${room.name}: ${MEASURE_NAMES[measure]} ${formatQuantityRu(
        measureQuantity(room, measure),
      )} ${MEASURE_UNITS[measure]}`,
    })),
  );
  const isPlain = options.some(({ reference }) => reference === line.quantityFormula);
  return (
    <>
      <div className="field-row">
        <NumberField
          label={FIELD_NAMES.quantity}
          value={cellText(line, "quantity", rooms)}
          mode="text"
          isDisabled={!canEdit}
          onSave={save}
        />
        {rooms.size > 0 ? (
          <Choice
            label={sheetTexts.fromRoom}
            value={isPlain ? line.quantityFormula : ""}
            options={[
              ["", sheetTexts.chooseMeasure],
              ...options.map(({ reference, name }) => [reference, name] as const),
            ]}
            isDisabled={!canEdit}
            onChange={follow}
          />
        ) : null}
      </div>
      {line.quantityFormula === "" ? null : (
        <p className="hint">
          {sheetTexts.follows} {formatQuantityRu(line.quantity)} {line.unit}
        </p>
      )}
      {canEdit ? (
        <button
          type="button"
          className="action"
          onClick={() => ui.set({ sheet: { kind: "rooms" } })}
        >
          <Icon name="room" />
          {sheetTexts.rooms}
        </button>
      ) : null}
    </>
  );
}
