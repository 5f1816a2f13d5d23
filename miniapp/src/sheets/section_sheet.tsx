import type { LineKind } from "../../../domain/estimate/estimate.ts";
import type { Id } from "../../../domain/ids.ts";
import { cleanText } from "../../../domain/text.ts";
import { Icon } from "../components/icon.tsx";
import { useEditor, useEstimate } from "../editor/context.ts";
import { copySection, stepSection } from "../estimate/edits.ts";
import { newId } from "../new_id.ts";
import { texts } from "../texts_ru.ts";
import { Dialog, type SheetProps } from "./dialog.tsx";
import { Choice, TextField } from "./fields.tsx";
import { sheetTexts } from "./sheet_texts_ru.ts";

export interface SectionSheetProps extends SheetProps {
  readonly sectionId: Id;
}

export function SectionSheet({ sectionId, onClose }: SectionSheetProps) {
  const { store, ui } = useEditor();
  const section = useEstimate((state) => state.content.sections.get(sectionId));
  const canEdit = useEstimate((state) => state.canEdit);
  if (!section) return null;
  const step = (direction: -1 | 1) =>
    store.change(stepSection(store.getState().content, sectionId, direction));
  const remove = () => {
    onClose();
    store.change([{ id: newId(), type: "section.remove", sectionId }]);
    ui.say(sheetTexts.sectionRemoved, store.getState().lastStep);
  };
  return (
    <Dialog title={section.title} onClose={onClose}>
      {canEdit ? (
        <div className="actions">
          <button
            type="button"
            className="action"
            onClick={() => {
              store.change(copySection(store.getState().content, sectionId));
              onClose();
            }}
          >
            <Icon name="copy" />
            {sheetTexts.copySection}
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
      ) : null}
      <TextField
        label={texts.sectionTitle}
        value={section.title}
        maxLength={200}
        isDisabled={!canEdit}
        onSave={(text) => {
          const title = cleanText(text);
          if (title === "") return;
          store.change([{ id: newId(), type: "section.set", sectionId, set: { title } }]);
        }}
      />
      <Choice<LineKind>
        label={sheetTexts.kind}
        value={section.kind}
        options={[
          ["work", texts.works],
          ["material", texts.materials],
        ]}
        isDisabled={!canEdit}
        onChange={(kind) =>
          store.change([{ id: newId(), type: "section.set", sectionId, set: { kind } }])
        }
      />
      {canEdit ? (
        <button type="button" className="action danger" onClick={remove}>
          <Icon name="trash" />
          {sheetTexts.removeSection}
        </button>
      ) : null}
    </Dialog>
  );
}
