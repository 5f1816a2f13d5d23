import { flushSync } from "react-dom";
import type { Id } from "../../../domain/ids.ts";
import { Icon } from "../components/icon.tsx";
import { addSection } from "../estimate/edits.ts";
import { feel } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { type Editor, useEditor, useUi } from "./context.ts";
import { NewLine } from "./new_line.tsx";

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
