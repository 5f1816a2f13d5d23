import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Id } from "../../../domain/ids.ts";
import { cleanText } from "../../../domain/text.ts";
import { Icon } from "../components/icon.tsx";
import { addLine, addSection, type LineFields } from "../estimate/edits.ts";
import { feel } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { type Editor, useEditor, useEstimate, useUi } from "./context.ts";
import { readTypedLine } from "./quick_line.ts";
import { NameInput } from "./name_input.tsx";
import type { Field } from "./ui_store.ts";

export interface AddingRowProps {
  readonly sectionId: Id | null;
  readonly isLast: boolean;
}

/** Where the next line of a section is typed: its name, or all of it at once. */
export function AddingRow({ sectionId, isLast }: AddingRowProps) {
  const editor = useEditor();
  const { ui } = editor;
  const rowKey = `adding/${sectionId}`;
  const isEditing = useUi((state) => state.cell?.rowKey === rowKey);
  const canEdit = useEstimate((state) => state.canEdit);
  if (!canEdit) return null;
  if (isEditing) return <NewLine sectionId={sectionId} rowKey={rowKey} />;
  const startLine = () => flushSync(() => ui.edit({ rowKey, field: "name" }));
  return (
    <div className="adding">
      <button
        type="button"
        className="text-button"
        data-cell={`${rowKey}:name`}
        onClick={startLine}
      >
        <Icon name="plus" />
        {texts.addLine}
      </button>
      {isLast ? (
        <>
          <button type="button" className="text-button" onClick={() => startSection(editor)}>
            <Icon name="plus" />
            {texts.addSection}
          </button>
          <button
            type="button"
            className="text-button"
            onClick={() => ui.set({ sheet: { kind: "paste", text: "", sectionId } })}
          >
            <Icon name="list" />
            {texts.list}
          </button>
        </>
      ) : null}
    </div>
  );
}

function startSection({ store, ui }: Editor): void {
  const { changes, sectionId } = addSection(store.getState().content, {
    title: texts.newSection,
    kind: "work",
  });
  feel("add");
  flushSync(() => {
    store.change(changes);
    ui.edit({ rowKey: `section/${sectionId}`, field: "title" });
  });
}

interface NewLineProps {
  readonly sectionId: Id | null;
  readonly rowKey: string;
}

function NewLine({ sectionId, rowKey }: NewLineProps) {
  const { store, ui } = useEditor();
  const isDone = useRef(false);
  // Another key for each line, so that the field begins empty again.
  const [count, setCount] = useState(0);

  const add = (fields: LineFields & { name: string }) => {
    const { changes, lineId } = addLine(store.getState().content, { sectionId }, fields);
    feel("add");
    store.change(changes);
    return lineId;
  };
  /** On to the first cell that is still empty; a whole line leaves the place for the next one. */
  const addAndGo = (fields: LineFields & { name: string }) => {
    isDone.current = true;
    const empty = firstEmpty(fields);
    flushSync(() => {
      const lineId = add(fields);
      if (empty) ui.edit({ rowKey: lineId, field: empty });
      else {
        ui.edit({ rowKey, field: "name" });
        setCount(count + 1);
      }
    });
    isDone.current = false;
  };
  const close = () => {
    isDone.current = true;
    flushSync(() => ui.edit(null));
  };
  const done = (text: string) => {
    const fields = readNewLine(text);
    if (fields) addAndGo(fields);
    else close();
  };

  return (
    <div className="adding adding-open">
      <NameInput
        key={count}
        initial=""
        label={texts.newLine}
        placeholder={texts.newLinePlaceholder}
        onDone={done}
        onPick={({ name, unit, kind, price, cost, priceSource }) =>
          addAndGo({ name, unit, kind, price, cost, priceSource })
        }
        onMove={done}
        onCancel={close}
        onLeave={(text) => {
          if (isDone.current) return;
          isDone.current = true;
          const fields = readNewLine(text);
          if (fields) add(fields);
          if (ui.getState().cell?.rowKey === rowKey) ui.edit(null);
        }}
        onPasteList={(text) => {
          isDone.current = true;
          ui.edit(null);
          ui.set({ sheet: { kind: "paste", text, sectionId } });
        }}
      />
    </div>
  );
}

function firstEmpty({ quantity, unit, price }: LineFields): Field | null {
  if (!quantity) return "quantity";
  if (!unit) return "unit";
  return price ? null : "price";
}

/** «Штукатурка стен 120 м2 450» is a whole line; anything else is a name. Null for nothing. */
function readNewLine(text: string): (LineFields & { name: string }) | null {
  const name = cleanText(text).replace(/\s+/g, " ").slice(0, 500);
  if (name === "") return null;
  return readTypedLine(name) ?? { name };
}
