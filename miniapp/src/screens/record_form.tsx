import { type FormEvent, useId, useState } from "react";
import { asApiError } from "../loading.ts";
import { feel } from "../telegram/manners.ts";
import { pageTexts } from "./page_texts_ru.ts";

/** One field of a form; its value is always a text as people type it. */
export interface FieldDescription<Name extends string> {
  readonly name: Name;
  readonly label: string;
  readonly maxLength?: number;
  readonly rows?: number;
  readonly mode?: "text" | "decimal" | "tel" | "email" | "numeric";
  readonly type?: "text" | "date";
  readonly options?: readonly (readonly [value: string, name: string])[];
}

export type Texts<Name extends string> = Readonly<Record<Name, string>>;

export interface RecordFormProps<Name extends string> {
  readonly fields: readonly FieldDescription<Name>[];
  readonly initial: Texts<Name>;
  readonly isReadOnly?: boolean;
  readonly saveLabel?: string;
  /** Throws what went wrong: an `ApiError`, or an `Error` with a sentence for people. */
  readonly onSave: (texts: Texts<Name>) => Promise<void>;
}

/** A record that is saved as a whole. What was typed stays until the server has it. */
export function RecordForm<Name extends string>(props: RecordFormProps<Name>) {
  const { fields, initial, isReadOnly = false, saveLabel = pageTexts.save, onSave } = props;
  const [typed, setTyped] = useState(initial);
  const [state, setState] = useState<"open" | "busy" | "saved">("open");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    setState("busy");
    setProblem(null);
    try {
      await onSave(typed);
      feel("success");
      setState("saved");
    } catch (error) {
      setProblem(error instanceof FieldProblem ? error.message : asApiError(error).message);
      setState("open");
    }
  };
  return (
    <form
      className="sheet-section"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void submit();
      }}
    >
      {fields.map((field) => (
        <FormField
          key={field.name}
          field={field}
          value={typed[field.name]}
          isReadOnly={isReadOnly}
          onChange={(value) => {
            setTyped({ ...typed, [field.name]: value });
            setState("open");
          }}
        />
      ))}
      {isReadOnly ? null : (
        <button type="submit" className="button" disabled={state === "busy"}>
          {saveLabel}
        </button>
      )}
      <output className={state === "saved" ? "hint" : "spoken"}>
        {state === "saved" ? pageTexts.recordSaved : ""}
      </output>
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

/** What is wrong with a typed value, as a sentence for people. */
export class FieldProblem extends Error {}

interface FormFieldProps {
  readonly field: FieldDescription<string>;
  readonly value: string;
  readonly isReadOnly: boolean;
  readonly onChange: (value: string) => void;
}

function FormField({ field, value, isReadOnly, onChange }: FormFieldProps) {
  const { label, maxLength, rows = 1, mode = "text", type = "text", options } = field;
  const id = useId();
  const shared = {
    id,
    value,
    className: "field-input",
    disabled: isReadOnly,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  const input =
    rows === 1 ? (
      <input type={type} inputMode={mode} maxLength={maxLength} autoComplete="off" {...shared} />
    ) : (
      <textarea rows={rows} maxLength={maxLength} autoComplete="off" {...shared} />
    );
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {options ? (
        <select {...shared}>
          {options.map(([option, name]) => (
            <option key={option} value={option}>
              {name}
            </option>
          ))}
        </select>
      ) : (
        input
      )}
    </div>
  );
}
