import type { InlineKeyboardButton } from "grammy/types";
import { type Id, packId, unpackId } from "../domain/ids.ts";

/** What Telegram keeps with a button, in bytes of UTF-8. */
export const MAX_CALLBACK_DATA = 64;

/** One field of a button's data. `read` gives null for what `write` never makes. */
export interface Field<Value> {
  readonly write: (value: Value) => string;
  readonly read: (text: string) => Value | null;
}

/** A kind of button: its name and the fields it carries. */
export interface Action<Values extends readonly unknown[]> {
  readonly name: string;
  readonly fields: readonly Field<unknown>[];
  /** Throws when the data would be too long: a test over the largest values keeps that from happening. */
  readonly data: (...values: Values) => string;
  readonly button: (text: string, ...values: Values) => InlineKeyboardButton.CallbackButton;
  readonly read: (texts: readonly string[]) => Values | null;
}

/** Colons separate the name and the fields, so neither may hold one. */
export function defineAction<Values extends readonly unknown[]>(
  name: string,
  ...fields: { [Index in keyof Values]: Field<Values[Index]> }
): Action<Values> {
  const list: readonly Field<unknown>[] = fields;
  const data = (...values: Values): string => {
    const text = [name, ...list.map((field, index) => field.write(values[index]))].join(":");
    if (Buffer.byteLength(text) > MAX_CALLBACK_DATA) throw new RangeError(`${name}: data too long`);
    return text;
  };
  return {
    name,
    fields: list,
    data,
    button: (text, ...values) => ({ text, callback_data: data(...values) }),
    read: (texts) => {
      if (texts.length !== list.length) return null;
      const values = list.map((field, index) => field.read(texts[index] ?? ""));
      return values.includes(null) ? null : (values.map(unwrap) as unknown as Values);
    },
  };
}

/** `null` means unreadable, so a field that may be absent reads as this until the whole is read. */
const ABSENT = Symbol("absent");

function unwrap(value: unknown): unknown {
  return value === ABSENT ? null : value;
}

export function splitCallbackData(data: string): { name: string; texts: readonly string[] } {
  const [name = "", ...texts] = data.split(":");
  return { name, texts };
}

export const id: Field<Id> = { write: packId, read: unpackId };

/** A field that may be null. */
export function optional<Value>(field: Field<Value>): Field<Value | null> {
  return {
    write: (value) => (value === null ? "-" : field.write(value)),
    read: (text) => (text === "-" ? (ABSENT as unknown as null) : field.read(text)),
  };
}

/** Versions and indexes: 0 to 2^31 - 1. */
export const count: Field<number> = {
  write: (value) => value.toString(36),
  read: (text) => (/^[0-9a-z]{1,6}$/.test(text) ? Number.parseInt(text, 36) : null),
};

export function oneOf<const Word extends string>(words: readonly Word[]): Field<Word> {
  return {
    write: (word) => word,
    read: (text) => words.find((word) => word === text) ?? null,
  };
}

/**
 * Where a page of a list begins: what a service gave as `next`. A uuid is packed; others are kept as
 * they are and must be short.
 */
export const cursor: Field<string> = {
  write: (value) => (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value) ? `u${packId(value)}` : `r${value}`),
  read: (text) => {
    if (text.startsWith("u")) return unpackId(text.slice(1));
    return /^r[\w.-]+$/.test(text) ? text.slice(1) : null;
  },
};
