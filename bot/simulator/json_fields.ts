import { badRequest } from "./api_error.ts";
import { isRecord } from "./parameters.ts";

/** A field of a JSON object, or the complaint of TDLib's `JsonObject`. `null` is of no type. */
export type Fields = {
  has(name: string): boolean;
  /** Required. A number passes, as its digits. */
  text(name: string): string;
  /** Empty when absent. */
  optionalText(name: string): string;
  /** Required. A text of digits passes. */
  integer(name: string): number;
  isTrue(name: string): boolean;
  /** Required. */
  object(name: string): Fields;
  /** Whatever is there, unread. */
  raw(name: string): unknown;
};

export type Complain = (what: string) => Error;

export function fieldsOf(record: Record<string, unknown>, complain: Complain = badRequest): Fields {
  function required(name: string): unknown {
    const value = record[name];
    if (value === undefined) throw complain(`Can't find field "${name}"`);
    return value;
  }

  function text(name: string): string {
    const value = required(name);
    if (typeof value === "number") return String(value);
    if (typeof value !== "string") throw complain(`Field "${name}" must be of type String`);
    return value;
  }

  const has = (name: string) => record[name] !== undefined;
  return {
    raw: (name) => record[name],
    has,
    text,
    optionalText: (name) => (has(name) ? text(name) : ""),
    integer(name) {
      const value = required(name);
      if (typeof value !== "number" && typeof value !== "string") {
        throw complain(`Field "${name}" must be a Number`);
      }
      if (Number.isInteger(Number(value))) return Number(value);
      throw complain(`Field "${name}" must be a valid Number`);
    },
    isTrue(name) {
      const flag = record[name];
      if (flag === undefined || typeof flag === "boolean") return flag === true;
      throw complain(`Field "${name}" must be of type Boolean`);
    },
    object(name) {
      const value = required(name);
      if (!isRecord(value)) throw complain(`Field "${name}" must be of type Object`);
      return fieldsOf(value, complain);
    },
  };
}
