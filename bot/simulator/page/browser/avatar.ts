import { h } from "./dom.ts";
import { hueOf, initialsOf } from "./format.ts";

export function viewAvatar(name: string, size: "small" | "large" = "small"): HTMLElement {
  return h(
    "span",
    { class: `avatar avatar-${size} hue-${hueOf(name)}`, "aria-hidden": "true" },
    initialsOf(name),
  );
}
