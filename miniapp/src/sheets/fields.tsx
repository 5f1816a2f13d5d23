import { useId, useState } from "react";

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly maxLength: number;
  readonly rows?: number;
  readonly isDisabled?: boolean;
  /** Called when the person leaves the field with another text in it. */
  readonly onSave: (text: string) => void;
}

/** A text that is taken over when its field is left. Another's change begins it anew. */
export function TextField(props: TextFieldProps) {
  return <OpenTextField key={props.value} {...props} />;
}

function OpenTextField(props: TextFieldProps) {
  const { label, value, maxLength, rows = 1, isDisabled = false, onSave } = props;
  const [text, setText] = useState(value);
  const id = useId();
  const shared = {
    id,
    value: text,
    maxLength,
    disabled: isDisabled,
    className: "field-input",
    autoComplete: "off",
    onChange: (event: { target: { value: string } }) => setText(event.target.value),
    onBlur: () => {
      if (text !== value) onSave(text);
    },
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {rows === 1 ? <input type="text" {...shared} /> : <textarea rows={rows} {...shared} />}
    </div>
  );
}

export interface NumberFieldProps {
  readonly label: string;
  /** As it is shown: «12,5». */
  readonly value: string;
  /** The keyboard: digits alone unless words may be typed, too. */
  readonly mode?: "decimal" | "text";
  readonly isDisabled?: boolean;
  /** Null when the text was taken over; else a sentence that says what is wrong with it. */
  readonly onSave: (text: string) => string | null;
}

export function NumberField(props: NumberFieldProps) {
  return <OpenNumberField key={props.value} {...props} />;
}

function OpenNumberField(props: NumberFieldProps) {
  const { label, value, mode = "decimal", isDisabled = false, onSave } = props;
  const [text, setText] = useState(value);
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const save = () => {
    if (text !== value) setProblem(onSave(text));
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="field-input"
        type="text"
        inputMode={mode}
        autoComplete="off"
        value={text}
        disabled={isDisabled}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        onFocus={(event) => event.target.select()}
        onChange={(event) => {
          setText(event.target.value);
          setProblem(null);
        }}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === "Enter") save();
        }}
      />
      {problem === null ? null : (
        <p className="field-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

export interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, name: string])[];
  readonly isDisabled?: boolean;
  readonly onChange: (value: Value) => void;
}

export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, isDisabled = false, onChange } = props;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="field-input"
        value={value}
        disabled={isDisabled}
        onChange={(event) => {
          const chosen = options.find(([option]) => option === event.target.value);
          if (chosen) onChange(chosen[0]);
        }}
      >
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

export interface ToggleProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (isOn: boolean) => void;
}

export function Toggle({ label, isOn, isDisabled = false, onChange }: ToggleProps) {
  return (
    <label className="toggle">
      <input
        type="checkbox"
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
