import { useState } from "react";
import { type Day, parseDay } from "../../../domain/calendar.ts";
import type { Header } from "../../../domain/estimate/estimate.ts";
import type { Id } from "../../../domain/ids.ts";
import { cleanText } from "../../../domain/text.ts";
import { useEditor, useEstimate } from "../editor/context.ts";
import { newId } from "../new_id.ts";
import { type Picked, Picker } from "../screens/picker.tsx";
import { texts } from "../texts_ru.ts";
import { Dialog, type SheetProps } from "./dialog.tsx";
import { Choice, TextField } from "./fields.tsx";
import { sheetTexts } from "./sheet_texts_ru.ts";

/** What stands in the head and at the foot of the document. */
export function DetailsSheet({ onClose }: SheetProps) {
  const { store } = useEditor();
  const header = useEstimate((state) => state.content.header);
  const canEdit = useEstimate((state) => state.canEdit);
  const set = (fields: Partial<Header>) =>
    store.change([{ id: newId(), type: "estimate.set", set: fields }]);
  const text = (
    label: string,
    field: "title" | "paymentTerms" | "warranty" | "note" | "internalNote",
    maxLength: number,
  ) => (
    <TextField
      label={label}
      value={header[field]}
      maxLength={maxLength}
      rows={field === "title" ? 1 : 3}
      isDisabled={!canEdit}
      onSave={(typed) => set({ [field]: cleanText(typed) })}
    />
  );
  return (
    <Dialog title={texts.details} onClose={onClose}>
      {text(sheetTexts.titleLabel, "title", 200)}
      <Parties set={set} />
      <div className="field-row">
        <DayField
          label={sheetTexts.date}
          day={header.date}
          isDisabled={!canEdit}
          onSave={(date) => {
            if (date) set({ date });
          }}
        />
        <DayField
          label={sheetTexts.validUntil}
          day={header.validUntil}
          isDisabled={!canEdit}
          onSave={(validUntil) => set({ validUntil })}
        />
      </div>
      <Choice<Header["priceKind"]>
        label={sheetTexts.priceKind}
        value={header.priceKind}
        options={[
          ["firm", sheetTexts.firm],
          ["approximate", sheetTexts.approximate],
        ]}
        isDisabled={!canEdit}
        onChange={(priceKind) => set({ priceKind })}
      />
      {text(sheetTexts.paymentTerms, "paymentTerms", 2000)}
      {text(sheetTexts.warranty, "warranty", 2000)}
      {text(sheetTexts.noteForClient, "note", 4000)}
      {text(sheetTexts.internalNote, "internalNote", 4000)}
    </Dialog>
  );
}

/** The object and the client. An object brings its client along where the estimate has none. */
function Parties({ set }: { readonly set: (fields: Partial<Header>) => void }) {
  const { api } = useEditor();
  const head = useEstimate((state) => state.head);
  const { projectId, clientId } = useEstimate((state) => state.content.header);
  const canEdit = useEstimate((state) => state.canEdit);
  const [names, setNames] = useState<ReadonlyMap<Id, string>>(new Map());
  const nameOf = (id: Id | null, known: { id: Id; name: string } | null) => {
    if (id === null) return null;
    return names.get(id) ?? (known?.id === id ? known.name : sheetTexts.chosenOne);
  };
  const keepName = ({ id, name }: Picked) => {
    if (id !== null && name !== null) setNames(new Map(names).set(id, name));
  };
  const project = head.project && { id: head.project.id, name: head.project.title };
  return (
    <>
      <Picker
        api={api}
        what="project"
        chosen={nameOf(projectId, project)}
        isDisabled={!canEdit}
        onPick={(picked) => {
          keepName(picked);
          const own = clientId === null && picked.clientId ? { clientId: picked.clientId } : {};
          set({ projectId: picked.id, ...own });
        }}
      />
      <Picker
        api={api}
        what="client"
        chosen={nameOf(clientId, head.client)}
        isDisabled={!canEdit}
        onPick={(picked) => {
          keepName(picked);
          set({ clientId: picked.id });
        }}
      />
    </>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly day: Day | null;
  readonly isDisabled: boolean;
  readonly onSave: (day: Day | null) => void;
}

function DayField({ label, day, isDisabled, onSave }: DayFieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="field-input"
        type="date"
        value={day ?? ""}
        disabled={isDisabled}
        onChange={(event) => onSave(parseDay(event.target.value))}
      />
    </label>
  );
}
