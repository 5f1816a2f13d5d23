// Suggestions as in the ARIA practices: no element of HTML has them with several columns.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import {
  type ClipboardEvent,
  type KeyboardEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import { texts } from "../texts_ru.ts";
import { type Suggestion, useSuggestions } from "./suggestions.ts";

export interface NameInputProps {
  readonly initial: string;
  readonly label: string;
  readonly placeholder?: string;
  /** While what was typed is being read. */
  readonly isReadOnly?: boolean;
  readonly onChange?: (text: string) => void;
  /** Enter. */
  readonly onDone: (text: string) => void;
  readonly onPick: (suggestion: Suggestion) => void;
  readonly onMove: (text: string, step: -1 | 1) => void;
  readonly onCancel: () => void;
  readonly onLeave: (text: string) => void;
  /** Several rows were pasted: a list, or cells of a table. */
  readonly onPasteList: (text: string) => void;
}

/** The field of a line's name, with what the company knows under it. */
export function NameInput(props: NameInputProps) {
  const { initial, label, placeholder, onDone, onPick, onMove, onCancel, onLeave } = props;
  const [text, setText] = useState(initial);
  const [marked, setMarked] = useState(-1);
  // A name that is only passed on the way to the next cell asks for nothing.
  const suggestions = useSuggestions(text === initial ? "" : text);
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const isOpen = suggestions.length > 0;

  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(initial.length, initial.length);
  }, [initial]);

  const type = (next: string) => {
    setText(next);
    setMarked(-1);
    props.onChange?.(next);
  };
  const press = (event: KeyboardEvent) => {
    const suggestion = suggestions[marked];
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (suggestion) onPick(suggestion);
      else onDone(text);
    } else if (event.key === "Tab") {
      event.preventDefault();
      onMove(text, event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      onCancel();
    } else if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setMarked((now) => Math.max(-1, Math.min(now + step, suggestions.length - 1)));
    }
  };
  const paste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData("text/plain");
    if (!/[\n\t]/.test(pasted.trim())) return;
    event.preventDefault();
    props.onPasteList(pasted);
  };

  return (
    <>
      <textarea
        ref={field}
        className="cell-input cell-name"
        rows={1}
        value={text}
        placeholder={placeholder}
        readOnly={props.isReadOnly}
        aria-label={label}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={listId}
        aria-activedescendant={marked >= 0 ? `${listId}-${marked}` : undefined}
        enterKeyHint="next"
        autoComplete="off"
        maxLength={500}
        onChange={(event) => type(event.target.value)}
        onKeyDown={press}
        onPaste={paste}
        onBlur={() => onLeave(text)}
      />
      {isOpen ? (
        <div className="suggestions" id={listId} role="listbox" aria-label={texts.suggestions}>
          {suggestions.map((suggestion, index) => (
            <SuggestionItem
              key={`${suggestion.name}|${suggestion.unit}`}
              id={`${listId}-${index}`}
              suggestion={suggestion}
              isMarked={index === marked}
              onPick={onPick}
            />
          ))}
        </div>
      ) : null}
    </>
  );
}

interface SuggestionItemProps {
  readonly id: string;
  readonly suggestion: Suggestion;
  readonly isMarked: boolean;
  readonly onPick: (suggestion: Suggestion) => void;
}

function SuggestionItem({ id, suggestion, isMarked, onPick }: SuggestionItemProps) {
  const { name, unit, price, origin } = suggestion;
  return (
    // The field keeps the focus; its keys choose. A press must not take the focus away.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      className="suggestion"
      role="option"
      tabIndex={-1}
      aria-selected={isMarked}
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => onPick(suggestion)}
    >
      <span className="suggestion-name">{name}</span>
      <span className="suggestion-price amount">
        {formatMoneyRu(price)}
        {unit === "" ? "" : ` / ${unit}`}
      </span>
      <span className="hint suggestion-age">{origin}</span>
    </div>
  );
}
