import { useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Id } from "../../../domain/ids.ts";
import { cleanText } from "../../../domain/text.ts";
import { addLine, type LineFields, setLine } from "../estimate/edits.ts";
import { feel } from "../telegram/manners.ts";
import { texts } from "../texts_ru.ts";
import { useEditor } from "./context.ts";
import { NameInput } from "./name_input.tsx";
import { isReaderHere, readTypedLine, waitForReader } from "./quick_line.ts";
import type { Field } from "./ui_store.ts";

type NamedFields = LineFields & { name: string };

interface NewLineProps {
  readonly sectionId: Id | null;
  readonly rowKey: string;
}

/** The open field in which a new line is typed. */
export function NewLine({ sectionId, rowKey }: NewLineProps) {
  const { store, ui } = useEditor();
  const isDone = useRef(false);
  const [isReading, setIsReading] = useState(false);
  // Another key for each line, so that the field begins empty again.
  const [count, setCount] = useState(0);

  useEffect(() => {
    void waitForReader();
  }, []);

  const add = (fields: NamedFields) => {
    const { changes, lineId } = addLine(store.getState().content, { sectionId }, fields);
    feel("add");
    store.change(changes);
    return lineId;
  };
  /** On to the first cell that is still empty; a whole line leaves the place for the next one. */
  const addAndGo = (fields: NamedFields) => {
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
  const finish = (text: string) => {
    const fields = readNewLine(text);
    if (fields) addAndGo(fields);
    else close();
  };
  const finishLater = async (text: string) => {
    setIsReading(true);
    await waitForReader();
    setIsReading(false);
    if (!isDone.current) finish(text);
  };
  const done = (text: string) => {
    if (isReaderHere()) finish(text);
    else void finishLater(text);
  };
  /** A line that was kept as a mere name because nobody could read it yet. */
  const readLater = async (lineId: Id, name: string) => {
    await waitForReader();
    const line = store.getState().content.lines.get(lineId);
    const fields = readTypedLine(name);
    if (!line || !fields || line.name !== name || line.quantity > 0n || line.price > 0n) return;
    store.change(setLine(lineId, fields));
  };

  return (
    <div className="adding adding-open">
      <NameInput
        key={count}
        initial=""
        isReadOnly={isReading}
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
          if (fields) {
            const lineId = add(fields);
            if (!isReaderHere()) void readLater(lineId, fields.name);
          }
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
function readNewLine(text: string): NamedFields | null {
  const name = cleanText(text).replace(/\s+/g, " ").slice(0, 500);
  if (name === "") return null;
  return readTypedLine(name) ?? { name };
}
