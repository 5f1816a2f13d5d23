import { type Fields, asText } from "../../fake/values.ts";
import { invalidField } from "./errors.ts";
import type { Item, PortalState } from "./portal_state.ts";

/** VARCHAR(255) behind every title. */
const LONGEST_TITLE = 255;

/** Gives an untitled item its name; a title that is too long is refused or cut, by the switch. */
export function withTitle(portal: PortalState, item: Item, untitled: string): Item {
  const title = asText(item.values["title"]).trim();
  const values: Fields = { ...item.values, title: title === "" ? untitled : title };
  const characters = Array.from(title);
  if (characters.length <= LONGEST_TITLE) return { ...item, values };
  if (portal.options.longTitle === "refused") throw invalidField("Название");
  return { ...item, values: { ...values, title: characters.slice(0, LONGEST_TITLE).join("") } };
}

/** The portal's day, `2026-03-02`. */
export function dayOf(portal: PortalState, second: number): string {
  return portal.times.format(second).slice(0, 10);
}
