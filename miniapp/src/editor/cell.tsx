import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Line } from "../../../domain/estimate/estimate.ts";
import { setLine } from "../estimate/edits.ts";
import { FIELD_NAMES, texts } from "../texts_ru.ts";
import { cellBeside, nextCell, previousCell } from "./cells.ts";
import { type Editor, useEditor } from "./context.ts";
import { areFormulasHere, loadFormulas } from "./formulas.ts";
import { focusCell } from "./keyboard.ts";
import { NameInput } from "./name_input.tsx";
import type { Suggestion } from "./suggestions.ts";
import { type Cell, cellKey, type Field, type Rejected } from "./ui_store.ts";
import { cellText, isNumeric, readCell, type Typed } from "./values.ts";

export interface LineCellProps {
  readonly line: Line;
  readonly number: number;
  readonly field: Field;
  /** Given while this cell is being edited. */
  readonly cell: Cell | null;
  readonly rejected: Rejected | null;
  readonly canEdit: boolean;
}

/**
 * One cell of a line: a button that shows the value, or the field that edits it. No component of its own:
 * a scroll makes four of them for each line that comes.
 */
export function showLineCell(editor: Editor, props: LineCellProps) {
  const { line, number, field, cell, rejected, canEdit } = props;
  const key = cellKey({ rowKey: line.id, field });
  const text = rejected?.text ?? cellText(line, field);
  const label = `${FIELD_NAMES[field]}, ${texts.line} ${number}`;
  if (cell) {
    const { rooms } = editor.store.getState().content;
    const initial = rejected?.text ?? cellText(line, field, rooms);
    return <CellEditor key={key} line={line} cell={cell} label={label} initial={initial} />;
  }

  let classes = `cell cell-${field}`;
  if (text === "") classes += " cell-empty";
  if (rejected) classes += " cell-rejected";
  if (field === "quantity" && line.quantityFormula !== "") classes += " cell-follows";
  const shown = text === "" ? PLACEHOLDERS[field] : text;
  const fitted = shown.length > FITTING[field] ? <span className="cell-text">{shown}</span> : shown;
  if (!canEdit) return <span className={classes}>{fitted}</span>;
  return (
    <button
      type="button"
      className={classes}
      data-field={field}
      data-cell={key}
      aria-label={`${label}: ${text === "" ? texts.notFilled : text}`}
      onClick={() => flushSync(() => editor.ui.edit({ rowKey: line.id, field }))}
    >
      {fitted}
    </button>
  );
}

/** Characters that have room on the smallest phone. More are cut off, in a box that costs at every scroll. */
const FITTING: Readonly<Record<Field, number>> = {
  name: 28,
  quantity: 8,
  unit: 4,
  price: 9,
  cost: 9,
  title: 0,
};

const PLACEHOLDERS: Readonly<Record<Field, string>> = {
  name: texts.namePlaceholder,
  quantity: texts.quantityPlaceholder,
  unit: texts.unitPlaceholder,
  price: texts.pricePlaceholder,
  cost: texts.costPlaceholder,
  title: "",
};

interface CellEditorProps {
  readonly line: Line;
  readonly cell: Cell;
  readonly label: string;
  readonly initial: string;
}

function CellEditor({ line, cell, label, initial }: CellEditorProps) {
  const editor = useEditor();
  const { store, ui } = editor;
  const [problem, setProblem] = useState<string | null>(null);
  // A commit by a key is followed by the blur of the field: once is enough.
  const isDone = useRef(false);
  const begin = cell.text ?? initial;
  // As it was when the editing began: somebody may change it meanwhile.
  const [original] = useState({ line, text: initial });

  const save = (text: string): boolean => {
    const failure = saveCell(editor, { cell, line, original, text });
    setProblem(failure);
    return failure === null;
  };
  const saveAndGo = (text: string, target: (editor: Editor, cell: Cell) => Cell | null) => {
    if (!save(text)) return;
    isDone.current = true;
    go(editor, cell, target(editor, cell));
  };
  const cancel = () => {
    isDone.current = true;
    flushSync(() => ui.edit(null));
    focusCell(cell);
  };
  const leave = (text: string) => {
    if (isDone.current) return;
    isDone.current = true;
    save(text);
    if (ui.getState().cell === cell) ui.edit(null);
  };
  const preview = (text: string) => {
    if (problem !== null) setProblem(null);
    const typed = isNumeric(cell.field) ? readTyped(store, cell, text) : null;
    ui.set({ draft: typed?.ok ? { lineId: line.id, set: typed.set } : null });
  };
  const pasteList = (text: string) => {
    isDone.current = true;
    ui.edit(null);
    ui.set({ sheet: { kind: "paste", text, sectionId: line.sectionId } });
  };

  if (cell.field === "name") {
    return (
      <NameInput
        initial={begin}
        label={label}
        onDone={(text) => saveAndGo(text, goNext)}
        onPick={(suggestion) => {
          isDone.current = true;
          fillLine(editor, line, suggestion);
          go(editor, cell, { rowKey: line.id, field: "quantity" });
        }}
        onMove={(text, step) => saveAndGo(text, step === 1 ? goNext : goPrevious)}
        onCancel={cancel}
        onLeave={leave}
        onPasteList={pasteList}
      />
    );
  }
  return (
    <TextInput
      field={cell.field}
      initial={begin}
      selectsAll={cell.text === undefined}
      label={label}
      problem={problem}
      onChange={preview}
      onGo={(text, where) => saveAndGo(text, WHERE[where])}
      onCancel={cancel}
      onLeave={leave}
      onPasteList={pasteList}
    />
  );
}

type Where = "next" | "previous" | "above" | "below";

const goNext = ({ store, ui }: Editor, cell: Cell) =>
  nextCell(store.getState().outline, cell, ui.getState().showsCost);
const goPrevious = ({ store, ui }: Editor, cell: Cell) =>
  previousCell(store.getState().outline, cell, ui.getState().showsCost);
const WHERE: Readonly<Record<Where, (editor: Editor, cell: Cell) => Cell | null>> = {
  next: goNext,
  previous: goPrevious,
  above: ({ store }, cell) => cellBeside(store.getState().outline, cell, -1),
  below: ({ store }, cell) => cellBeside(store.getState().outline, cell, 1),
};

/** Goes on editing there; at the end the focus stays where it was. */
function go({ ui }: Editor, from: Cell, to: Cell | null): void {
  // In one go with the key that was pressed, or iOS puts the keyboard away.
  flushSync(() => ui.edit(to));
  if (!to) focusCell(from);
}

interface Typing {
  readonly cell: Cell;
  readonly line: Line;
  readonly original: { readonly line: Line; readonly text: string };
  readonly text: string;
}

/** Null when the text was understood; else a sentence that says what is wrong with it. */
function saveCell(editor: Editor, typing: Typing): string | null {
  const { store, ui } = editor;
  const { cell, line, original, text } = typing;
  const key = cellKey(cell);
  ui.set({ draft: null });
  // Untouched: what another person made of it meanwhile stays, and a price of the catalogue too.
  if (text === original.text && !ui.getState().rejected.has(key)) return null;
  const typed = readTyped(store, cell, text);
  if (!typed.ok) {
    ui.reject(key, { text, problem: typed.problem });
    if (cell.field === "quantity" && !areFormulasHere()) void saveWithFormulas(editor, typing);
    return typed.problem;
  }
  ui.reject(key, null);
  store.change(setLine(line.id, typed.set));
  for (const field of Object.keys(typed.set) as (keyof typeof typed.set)[]) {
    const [mine, theirs] = [typed.set[field], line[field]];
    if (theirs === original.line[field] || theirs === mine) continue;
    store.contest({ target: { kind: "line", id: line.id }, field, mine, theirs });
  }
  return null;
}

/** The words of rooms had not come when it was typed; without a network it stays as it is. */
async function saveWithFormulas(editor: Editor, typing: Typing): Promise<void> {
  await loadFormulas().catch(() => undefined);
  const { rejected } = editor.ui.getState();
  const isWaiting = rejected.get(cellKey(typing.cell))?.text === typing.text;
  if (areFormulasHere() && isWaiting) saveCell(editor, typing);
}

function readTyped(store: Editor["store"], cell: Cell, text: string): Typed {
  return readCell(cell.field, text, store.getState().content.rooms);
}

/** A known work fills what is empty; a unit or price that was typed stays. */
function fillLine({ store }: Editor, line: Line, suggestion: Suggestion): void {
  const { name, unit, kind, price, cost, priceSource } = suggestion;
  store.change(
    setLine(line.id, {
      name,
      kind,
      ...(line.unit === "" ? { unit } : {}),
      ...(line.price === 0n ? { price, priceSource } : {}),
      ...(line.cost === null && cost !== null ? { cost } : {}),
    }),
  );
}

interface TextInputProps {
  readonly field: Field;
  readonly initial: string;
  readonly selectsAll: boolean;
  readonly label: string;
  readonly problem: string | null;
  readonly onChange: (text: string) => void;
  readonly onGo: (text: string, where: Where) => void;
  readonly onCancel: () => void;
  readonly onLeave: (text: string) => void;
  readonly onPasteList: (text: string) => void;
}

/** Numbers are typed as text: a field of type number rounds, scrolls and knows no comma. */
function TextInput(props: TextInputProps) {
  const { field, initial, selectsAll, label, problem, onChange, onGo, onCancel, onLeave } = props;
  const [text, setText] = useState(initial);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    input.current?.focus();
    if (selectsAll) input.current?.select();
  }, [selectsAll]);

  const press = (event: KeyboardEvent) => {
    const where = keyToWhere(event);
    if (where) {
      event.preventDefault();
      onGo(text, where);
    } else if (event.key === "Escape") {
      event.preventDefault();
      onCancel();
    }
  };
  return (
    <span className={`cell-field cell-${field}`}>
      <input
        ref={input}
        className="cell-input"
        type="text"
        inputMode={isNumeric(field) ? "decimal" : "text"}
        value={text}
        aria-label={label}
        aria-invalid={problem !== null}
        enterKeyHint="next"
        autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          onChange(event.target.value);
        }}
        onKeyDown={press}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData("text/plain");
          if (!/[\n\t]/.test(pasted.trim())) return;
          event.preventDefault();
          props.onPasteList(pasted);
        }}
        onBlur={() => onLeave(text)}
      />
      {problem === null ? null : (
        <span className="cell-problem" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}

function keyToWhere(event: KeyboardEvent): Where | null {
  switch (event.key) {
    case "Enter":
      return event.shiftKey ? "previous" : "next";
    case "Tab":
      return event.shiftKey ? "previous" : "next";
    case "ArrowUp":
      return "above";
    case "ArrowDown":
      return "below";
    default:
      return null;
  }
}
