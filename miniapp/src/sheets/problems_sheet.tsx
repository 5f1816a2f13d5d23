import type { Content } from "../../../domain/estimate/estimate.ts";
import type { Kopecks } from "../../../domain/money.ts";
import { formatMoneyRu, formatPercentRu, formatQuantityRu } from "../../../domain/numbers_ru.ts";
import type { Percent } from "../../../domain/percent.ts";
import type { Quantity } from "../../../domain/quantity.ts";
import { describeVat, type VatMode } from "../../../domain/vat.ts";
import { useKeptHint } from "../device/kept.ts";
import { useEditor, useEstimate } from "../editor/context.ts";
import type { Conflict } from "../estimate/conflicts.ts";
import { closeApp } from "../telegram/manners.ts";
import { count, FIELD_NAMES, offline, texts } from "../texts_ru.ts";
import { Dialog, type SheetProps } from "./dialog.tsx";
import { sheetTexts } from "./sheet_texts_ru.ts";
import { useWaitingPhotos, WaitingPhotos } from "./waiting_photos.tsx";

/** What became of the own changes, and what the person has to decide. */
export function ProblemsSheet({ onClose }: SheetProps) {
  const editor = useEditor();
  const { store } = editor;
  const id = useEstimate((state) => state.head.id);
  const content = useEstimate((state) => state.content);
  const status = useEstimate((state) => state.status);
  const waiting = useEstimate((state) => state.waiting);
  const conflicts = useEstimate((state) => state.conflicts);
  const removals = useEstimate((state) => state.removals);
  const kept = useKeptHint();
  const { isLasting } = editor.device;
  const waitingHint = isLasting ? sheetTexts.waitingSafe : sheetTexts.waitingHere;
  const { photos, isOffline, queue } = useWaitingPhotos(editor);
  const unsent = photos.filter(({ estimateId }) => estimateId === id);
  // Neither asking again nor giving anything up would help.
  const isOver = status.kind === "refused" && status.error.code === "unauthenticated";
  const isCalm = conflicts.length + removals.length === 0;
  return (
    <Dialog title={sheetTexts.problems} onClose={onClose}>
      {conflicts.map((conflict) => (
        <ConflictCard
          key={`${conflict.target.kind}/${conflict.target.id}/${conflict.field}`}
          conflict={conflict}
          content={content}
        />
      ))}
      {removals.map((removal) => (
        <div key={removal.target.id} className="problem">
          <p>{sheetTexts.removedByOther}</p>
          <div className="actions">
            <button
              type="button"
              className="button"
              onClick={() => store.answerRemoval(removal, "restore")}
            >
              {texts.undo}
            </button>
            <button
              type="button"
              className="button quiet"
              onClick={() => store.answerRemoval(removal, "let_go")}
            >
              {sheetTexts.letGo}
            </button>
          </div>
        </div>
      ))}
      {isOver ? (
        <div className="problem">
          <p>{status.error.message}</p>
          <p className="hint">{`${texts.openAgainHint} ${kept}`}</p>
          <button type="button" className="button" onClick={closeApp}>
            {texts.closeApp}
          </button>
        </div>
      ) : null}
      {status.kind === "refused" && !isOver ? (
        <div className="problem">
          <p>{status.error.message}</p>
          <div className="actions">
            <button type="button" className="button" onClick={() => store.retry()}>
              {texts.retry}
            </button>
            {waiting > 0 ? (
              <button
                type="button"
                className="button quiet"
                onClick={() => {
                  store.discardRefused();
                  onClose();
                }}
              >
                {sheetTexts.discardMine}
              </button>
            ) : null}
          </div>
        </div>
      ) : null}
      {status.kind === "offline" ? (
        <div className="problem">
          <p>{offline(waiting)}</p>
          <p className="hint">{waitingHint}</p>
          <button type="button" className="button" onClick={() => store.retry()}>
            {texts.retry}
          </button>
        </div>
      ) : null}
      {unsent.length > 0 ? (
        <section className="sheet-section">
          <h3>{sheetTexts.unsentPhotos}</h3>
          <div className="photos">
            <WaitingPhotos photos={unsent} isOffline={isOffline} queue={queue} />
          </div>
          {isOffline ? <p className="hint">{waitingHint}</p> : null}
        </section>
      ) : null}
      {isCalm && status.kind === "saved" && unsent.length === 0 ? <p>{texts.saved}</p> : null}
      {isCalm && status.kind === "sending" ? <p>{texts.sending}</p> : null}
    </Dialog>
  );
}

interface ConflictCardProps {
  readonly conflict: Conflict;
  readonly content: Content;
}

/** Both values, one press to choose. */
function ConflictCard({ conflict, content }: ConflictCardProps) {
  const { store } = useEditor();
  return (
    <div className="problem">
      <p>{sheetTexts.bothChanged}</p>
      <p className="problem-name">{nameConflict(conflict, content)}</p>
      <div className="actions">
        <button
          type="button"
          className="button choice"
          onClick={() => store.resolve(conflict, "mine")}
        >
          <span>{sheetTexts.keepMine}</span>{" "}
          <strong>{showValue(conflict.field, conflict.mine, content)}</strong>
        </button>
        <button
          type="button"
          className="button quiet choice"
          onClick={() => store.resolve(conflict, "theirs")}
        >
          <span>{sheetTexts.takeTheirs}</span>{" "}
          <strong>{showValue(conflict.field, conflict.theirs, content)}</strong>
        </button>
      </div>
    </div>
  );
}

const OTHER_FIELDS: Readonly<Record<string, string>> = {
  ...FIELD_NAMES,
  kind: sheetTexts.kind,
  isOptional: texts.optional,
  isChosen: texts.chosen,
  note: sheetTexts.noteForClient,
  internalNote: sheetTexts.internalNote,
  length: sheetTexts.roomLength,
  width: sheetTexts.roomWidth,
  height: sheetTexts.roomHeight,
  openings: sheetTexts.openings,
  percent: sheetTexts.adjustmentPercent,
  base: sheetTexts.adjustmentBase,
  isHidden: sheetTexts.adjustmentHidden,
  discount: texts.discount,
  vat: sheetTexts.vat,
  date: sheetTexts.date,
  validUntil: sheetTexts.validUntil,
  priceKind: sheetTexts.priceKind,
  paymentTerms: sheetTexts.paymentTerms,
  warranty: sheetTexts.warranty,
};

function nameConflict({ target, field }: Conflict, content: Content): string {
  const name = OTHER_FIELDS[field] ?? field;
  const thing = {
    line: content.lines.get(target.id)?.name,
    section: content.sections.get(target.id)?.title,
    adjustment: content.adjustments.get(target.id)?.title,
    room: content.rooms.get(target.id)?.name,
    estimate: undefined,
  }[target.kind];
  return thing === undefined ? name : `${thing}: ${name}`;
}

function showValue(field: string, value: unknown, content: Content): string {
  if (value === null || value === "") return "—";
  if (typeof value === "boolean") return value ? "да" : "нет";
  if (field === "openings")
    return count((value as readonly unknown[]).length, "проём", "проёма", "проёмов");
  if (/^(?:quantity|length|width|height)$/.test(field)) return formatQuantityRu(value as Quantity);
  if (field === "percent") return formatPercentRu(value as Percent);
  if (typeof value === "bigint") return formatMoneyRu(value as Kopecks);
  if (field === "vat") return describeVat(value as VatMode, content.header.date);
  if (field === "kind") return value === "work" ? sheetTexts.kindWork : sheetTexts.kindMaterial;
  if (typeof value === "object") {
    const { percent, amount } = value as { percent?: Percent; amount?: Kopecks };
    if (percent !== undefined) return formatPercentRu(percent);
    return amount === undefined ? "" : formatMoneyRu(amount);
  }
  return typeof value === "string" ? value : "";
}
