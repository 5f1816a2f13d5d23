import { type Fields, asInteger, asText, isMap } from "../../fake/values.ts";
import type { Multifield, PortalState } from "./portal_state.ts";

/**
 * Lays `fm` of a call over what is there. In a map the key says what is done: `n0`, `n1`… add, a
 * known id changes, a known id with an empty value deletes, an unknown id adds. A list (the form
 * of a creation) counts as `n0`, `n1`…. Entries that are not mentioned stay; an entry without
 * `typeId`, and anything that is no list or map, is ignored without an error.
 * tutorials/crm/how-to-edit-crm-objects/how-to-change-email-or-phone.md
 */
export function applyMultifields(
  portal: PortalState,
  present: readonly Multifield[],
  value: unknown,
): Multifield[] {
  let result = [...present];
  for (const [key, entry] of operationsOf(value)) {
    const typeId = asText(entry["typeId"]);
    if (typeId === "") continue;
    const known = result.find(({ id }) => id === asInteger(key));
    const written = { typeId, value: asText(entry["value"]).trim() };
    if (written.value === "") {
      result = result.filter((other) => other !== known);
    } else if (known === undefined) {
      const valueType = asText(entry["valueType"]) || "WORK";
      result.push({ id: portal.next("multifield"), valueType, ...written });
    } else {
      const valueType = asText(entry["valueType"]) || known.valueType;
      result = result.map((other) =>
        other === known ? { ...other, valueType, ...written } : other,
      );
    }
  }
  return result;
}

function operationsOf(value: unknown): [string, Fields][] {
  if (Array.isArray(value)) {
    return value.filter(isMap).map((entry, index) => [`n${String(index)}`, entry]);
  }
  if (!isMap(value)) return [];
  return Object.entries(value).filter((pair): pair is [string, Fields] => isMap(pair[1]));
}

/** The flat fields that follow `fm`. */
export function multifieldViews(fm: readonly Multifield[]): Fields {
  const first = (typeId: string, valueType?: string): string =>
    fm.find(
      (one) => one.typeId === typeId && (valueType === undefined || one.valueType === valueType),
    )?.value ?? "";
  return {
    hasPhone: first("PHONE") === "" ? "N" : "Y",
    hasEmail: first("EMAIL") === "" ? "N" : "Y",
    hasImol: "N",
    phoneMobile: first("PHONE", "MOBILE"),
    phoneWork: first("PHONE", "WORK"),
    phoneMailing: first("PHONE", "MAILING"),
    emailHome: first("EMAIL", "HOME"),
    emailWork: first("EMAIL", "WORK"),
    emailMailing: first("EMAIL", "MAILING"),
    imol: "",
    phone: first("PHONE"),
    email: first("EMAIL"),
  };
}

/** `fm` of a seeded item: ids follow from the item's, so that they stay the same. */
export function seedMultifields(
  itemId: number,
  phones: readonly { value: string; kind: "mobile" | "work" }[],
  emails: readonly string[],
): Multifield[] {
  const numbers = phones.map(({ value, kind }) => ({
    typeId: "PHONE",
    valueType: kind === "mobile" ? "MOBILE" : "WORK",
    value,
  }));
  const boxes = emails.map((value) => ({ typeId: "EMAIL", valueType: "WORK", value }));
  return [...numbers, ...boxes].map((entry, index) => ({ id: itemId * 10 + index, ...entry }));
}
