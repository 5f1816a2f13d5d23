import { inOrder, type LineKind } from "../../../domain/estimate/estimate.ts";
import type { Id } from "../../../domain/ids.ts";
import { formatAmountRu } from "../../../domain/numbers_ru.ts";
import { cleanText } from "../../../domain/text.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate } from "../editor/context.ts";
import { removeWithUndo } from "../editor/keyboard.ts";
import { readCell } from "../editor/values.ts";
import {
  copyLine,
  type LineFields,
  linesOf,
  moveLine,
  setLine,
  stepLine,
} from "../estimate/edits.ts";
import { texts } from "../texts_ru.ts";
import { Dialog, type SheetProps } from "./dialog.tsx";
import { Choice, NumberField, TextField, Toggle } from "./fields.tsx";
import { Photos } from "./photos.tsx";
import { QuantityFields } from "./quantity_fields.tsx";
import { sheetTexts } from "./sheet_texts_ru.ts";

export interface LineSheetProps extends SheetProps {
  readonly lineId: Id;
}

/** All of a line that has no column: kind, option, cost, notes; and what can be done with it. */
export function LineSheet({ lineId, onClose }: LineSheetProps) {
  const editor = useEditor();
  const { store } = editor;
  const line = useEstimate((state) => state.content.lines.get(lineId));
  const canEdit = useEstimate((state) => state.canEdit);
  if (!line) return null;
  const set = (fields: LineFields) => store.change(setLine(lineId, fields));
  const saveCost = (text: string): string | null => {
    const typed = readCell("cost", text);
    if (!typed.ok) return typed.problem;
    set(typed.set);
    return null;
  };
  return (
    <Dialog title={line.name} onClose={onClose}>
      {canEdit ? <LineActions lineId={lineId} onClose={onClose} /> : null}
      <TextField
        label={texts.namePlaceholder}
        value={line.name}
        maxLength={500}
        rows={3}
        isDisabled={!canEdit}
        onSave={(text) => {
          const name = cleanText(text);
          if (name !== "") set({ name });
        }}
      />
      <QuantityFields line={line} />
      <Choice<LineKind>
        label={sheetTexts.kind}
        value={line.kind}
        options={[
          ["work", sheetTexts.kindWork],
          ["material", sheetTexts.kindMaterial],
        ]}
        isDisabled={!canEdit}
        onChange={(kind) => set({ kind })}
      />
      <SectionChoice lineId={lineId} />
      <Toggle
        label={sheetTexts.isOptional}
        isOn={line.isOptional}
        isDisabled={!canEdit}
        onChange={(isOptional) => set({ isOptional })}
      />
      {line.isOptional ? (
        <Toggle
          label={texts.chosen}
          isOn={line.isChosen}
          isDisabled={!canEdit}
          onChange={(isChosen) => set({ isChosen })}
        />
      ) : null}
      <NumberField
        label={texts.cost}
        value={line.cost === null ? "" : formatAmountRu(line.cost)}
        isDisabled={!canEdit}
        onSave={saveCost}
      />
      <TextField
        label={sheetTexts.noteForClient}
        value={line.note}
        maxLength={2000}
        rows={2}
        isDisabled={!canEdit}
        onSave={(text) => set({ note: cleanText(text) })}
      />
      <TextField
        label={sheetTexts.internalNote}
        value={line.internalNote}
        maxLength={2000}
        rows={2}
        isDisabled={!canEdit}
        onSave={(text) => set({ internalNote: cleanText(text) })}
      />
      <Photos lineId={lineId} />
      {canEdit ? (
        <button
          type="button"
          className="action danger"
          onClick={() => {
            onClose();
            removeWithUndo(editor, lineId);
          }}
        >
          <Icon name="trash" />
          {sheetTexts.removeLine}
        </button>
      ) : null}
    </Dialog>
  );
}

function LineActions({ lineId, onClose }: LineSheetProps) {
  const { store } = useEditor();
  const step = (direction: -1 | 1) =>
    store.change(stepLine(store.getState().content, lineId, direction));
  return (
    <div className="actions">
      <button
        type="button"
        className="action"
        onClick={() => {
          const copy = copyLine(store.getState().content, lineId);
          if (copy) store.change(copy.changes);
          onClose();
        }}
      >
        <Icon name="copy" />
        {sheetTexts.copyLine}
      </button>
      <button type="button" className="action" onClick={() => step(-1)}>
        <Icon name="up" />
        {sheetTexts.moveUp}
      </button>
      <button type="button" className="action" onClick={() => step(1)}>
        <Icon name="down" />
        {sheetTexts.moveDown}
      </button>
    </div>
  );
}

/** The way to another section without dragging through a long list. */
function SectionChoice({ lineId }: { readonly lineId: Id }) {
  const { store } = useEditor();
  const content = useEstimate((state) => state.content);
  const canEdit = useEstimate((state) => state.canEdit);
  const sections = inOrder(content.sections.values());
  if (sections.length === 0) return null;
  return (
    <Choice
      label={sheetTexts.toSection}
      value={content.lines.get(lineId)?.sectionId ?? ""}
      options={[["", texts.looseLines], ...sections.map(({ id, title }) => [id, title] as const)]}
      isDisabled={!canEdit}
      onChange={(chosen) => {
        const sectionId = chosen === "" ? null : chosen;
        const index = linesOf(content, sectionId).length;
        store.change(moveLine(content, lineId, { sectionId, index }));
      }}
    />
  );
}
