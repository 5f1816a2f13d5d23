import { html } from "hono/html";
import { SEARCH_FIELDS, type SearchReason } from "../../domain/search.ts";
import type { Html } from "../pages/layout.ts";

const SHOWN = 2;

/** Why a row was found, the words marked; nothing where nothing was looked for. */
export function renderReasons(reasons: readonly SearchReason[] = []): Html {
  return html`${reasons
    .slice(0, SHOWN)
    .map(
      (reason) =>
        html`<span class="muted why"
          >${SEARCH_FIELDS[reason.field]}: ${renderMarked(reason)}</span
        >`,
    )}`;
}

function renderMarked({ text, marks }: SearchReason): Html {
  let shown = 0;
  const pieces = marks.map(({ start, end }) => {
    const before = text.slice(shown, start);
    shown = end;
    return html`${before}<mark>${text.slice(start, end)}</mark>`;
  });
  return html`${pieces}${text.slice(shown)}`;
}
