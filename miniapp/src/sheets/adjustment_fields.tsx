import { type Adjustment, ADJUSTMENT_BASES } from "../../../domain/estimate/estimate.ts";
import { explainNumberProblem } from "../../../domain/number_sentences.ts";
import { parsePercentRu } from "../../../domain/numbers_ru.ts";
import { formatPercent } from "../../../domain/percent.ts";
import { cleanText } from "../../../domain/text.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate } from "../editor/context.ts";
import { newId } from "../new_id.ts";
import { Choice, NumberField, TextField, Toggle } from "./fields.tsx";
import { BASE_NAMES, sheetTexts } from "./sheet_texts_ru.ts";

/** One per cent line: overheads, transport, contingency. */
export function AdjustmentFields({ adjustment }: { readonly adjustment: Adjustment }) {
  const { store } = useEditor();
  const canEdit = useEstimate((state) => state.canEdit);
  const adjustmentId = adjustment.id;
  const set = (fields: Partial<Omit<Adjustment, "id">>) =>
    store.change([{ id: newId(), type: "adjustment.set", adjustmentId, set: fields }]);
  const savePercent = (text: string): string | null => {
    const result = parsePercentRu(text);
    if (!result.ok) return explainNumberProblem(result.reason, { kind: "percent" });
    set({ percent: result.value });
    return null;
  };
  return (
    <div className="adjustment">
      <TextField
        label={sheetTexts.adjustmentTitle}
        value={adjustment.title}
        maxLength={200}
        isDisabled={!canEdit}
        onSave={(text) => {
          const title = cleanText(text);
          if (title !== "") set({ title });
        }}
      />
      <div className="field-row">
        <NumberField
          label={sheetTexts.adjustmentPercent}
          value={formatPercent(adjustment.percent).replace(".", ",")}
          isDisabled={!canEdit}
          onSave={savePercent}
        />
        <Choice
          label={sheetTexts.adjustmentBase}
          value={adjustment.base}
          options={ADJUSTMENT_BASES.map((base) => [base, BASE_NAMES[base]] as const)}
          isDisabled={!canEdit}
          onChange={(base) => set({ base })}
        />
      </div>
      <Toggle
        label={sheetTexts.adjustmentHidden}
        isOn={adjustment.isHidden}
        isDisabled={!canEdit}
        onChange={(isHidden) => set({ isHidden })}
      />
      {canEdit ? (
        <button
          type="button"
          className="action danger"
          onClick={() => store.change([{ id: newId(), type: "adjustment.remove", adjustmentId }])}
        >
          <Icon name="trash" />
          {sheetTexts.removeAdjustment}
        </button>
      ) : null}
    </div>
  );
}
