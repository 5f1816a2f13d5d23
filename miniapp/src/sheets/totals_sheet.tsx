import { type Discount, inOrder } from "../../../domain/estimate/estimate.ts";
import { ZERO } from "../../../domain/money.ts";
import { explainNumberProblem } from "../../../domain/number_sentences.ts";
import { formatAmountRu, parsePercentRu } from "../../../domain/numbers_ru.ts";
import { formatPercent, type Percent, PERCENT_HUNDRED } from "../../../domain/percent.ts";
import { describeVat, VAT_GROUNDS, VAT_RATES, type VatMode } from "../../../domain/vat.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate } from "../editor/context.ts";
import { TotalsView } from "../editor/totals_view.tsx";
import { parsePrice } from "../editor/values.ts";
import { placeAt } from "../estimate/places.ts";
import { newId } from "../new_id.ts";
import { AdjustmentFields } from "./adjustment_fields.tsx";
import { Dialog, type SheetProps } from "./dialog.tsx";
import { Choice, NumberField } from "./fields.tsx";
import { sheetTexts } from "./sheet_texts_ru.ts";

/** Discount, VAT and per cent lines, with what they make of the total. */
export function TotalsSheet({ onClose }: SheetProps) {
  return (
    <Dialog title={sheetTexts.totals} onClose={onClose}>
      <TotalsView />
      <DiscountFields />
      <VatField />
      <Adjustments />
    </Dialog>
  );
}

function DiscountFields() {
  const { store } = useEditor();
  const discount = useEstimate((state) => state.content.header.discount);
  const canEdit = useEstimate((state) => state.canEdit);
  const set = (next: Discount | null) =>
    store.change([{ id: newId(), type: "estimate.set", set: { discount: next } }]);
  const choose = (kind: "none" | Discount["kind"]) => {
    const base = discount?.base ?? "all";
    if (kind === "none") set(null);
    else if (kind === "percent") set({ kind, percent: 0n as Percent, base });
    else set({ kind, amount: ZERO, base });
  };
  const saveSize = (text: string): string | null => {
    if (!discount) return null;
    if (discount.kind === "percent") {
      const limits = { minimum: 0n as Percent, maximum: PERCENT_HUNDRED };
      const result = parsePercentRu(text, limits);
      if (!result.ok) return explainNumberProblem(result.reason, { kind: "percent", limits });
      set({ ...discount, percent: result.value });
      return null;
    }
    const result = parsePrice(text);
    if (!result.ok) return explainNumberProblem(result.reason, { kind: "money" });
    set({ ...discount, amount: result.value });
    return null;
  };
  return (
    <div className="field-row">
      <Choice<"none" | Discount["kind"]>
        label={sheetTexts.discountKind}
        value={discount?.kind ?? "none"}
        options={[
          ["none", sheetTexts.noDiscount],
          ["percent", sheetTexts.discountPercent],
          ["amount", sheetTexts.discountAmount],
        ]}
        isDisabled={!canEdit}
        onChange={choose}
      />
      {discount ? (
        <>
          <NumberField
            key={discount.kind}
            label={sheetTexts.discountSize}
            value={sizeOf(discount)}
            isDisabled={!canEdit}
            onSave={saveSize}
          />
          <Choice<Discount["base"]>
            label={sheetTexts.discountBase}
            value={discount.base}
            options={[
              ["all", "всей сметы"],
              ["works", "работ"],
            ]}
            isDisabled={!canEdit}
            onChange={(base) => set({ ...discount, base })}
          />
        </>
      ) : null}
    </div>
  );
}

function sizeOf(discount: Discount): string {
  if (discount.kind === "amount") return formatAmountRu(discount.amount);
  return formatPercent(discount.percent).replace(".", ",");
}

/** Each mode as one choice: «usn», «on_top:standard». */
function VatField() {
  const { store } = useEditor();
  const { vat, date } = useEstimate((state) => state.content.header);
  const canEdit = useEstimate((state) => state.canEdit);
  const modes: readonly VatMode[] = [
    ...(Object.keys(VAT_GROUNDS) as (keyof typeof VAT_GROUNDS)[]).map((ground): VatMode => ({
      kind: "none",
      ground,
    })),
    ...VAT_RATES.map((rate): VatMode => ({ kind: "included", rate })),
    ...VAT_RATES.map((rate): VatMode => ({ kind: "on_top", rate })),
  ];
  return (
    <Choice
      label={sheetTexts.vat}
      value={nameOf(vat)}
      options={modes.map((mode) => [
        nameOf(mode),
        mode.kind === "none" ? VAT_GROUNDS[mode.ground] : describeVat(mode, date),
      ])}
      isDisabled={!canEdit}
      onChange={(name) => {
        const mode = modes.find((mode) => nameOf(mode) === name);
        if (mode) store.change([{ id: newId(), type: "estimate.set", set: { vat: mode } }]);
      }}
    />
  );
}

function nameOf(mode: VatMode): string {
  return mode.kind === "none" ? mode.ground : `${mode.kind}:${mode.rate}`;
}

function Adjustments() {
  const { store } = useEditor();
  const adjustments = useEstimate((state) => state.content.adjustments);
  const canEdit = useEstimate((state) => state.canEdit);
  const ordered = inOrder(adjustments.values());
  const add = () => {
    const { position } = placeAt(ordered, ordered.length);
    store.change([
      {
        id: newId(),
        type: "adjustment.add",
        adjustment: {
          id: newId(),
          position,
          title: sheetTexts.newAdjustment,
          percent: 0n as Percent,
          base: "all",
          isHidden: false,
        },
      },
    ]);
  };
  return (
    <section className="sheet-section" aria-label={sheetTexts.adjustments}>
      {ordered.map((adjustment) => (
        <AdjustmentFields key={adjustment.id} adjustment={adjustment} />
      ))}
      {canEdit ? (
        <button type="button" className="action" onClick={add}>
          <Icon name="plus" />
          {sheetTexts.addAdjustment}
        </button>
      ) : null}
    </section>
  );
}
