import { html } from "hono/html";
import type { Html } from "../pages/layout.ts";
import { renderTable } from "./parts.ts";

/** A bar as long as its share; the figure stands beside it, so nobody needs to see it. */
export function renderBar(value: bigint, most: bigint, look = ""): Html {
  const width = shareOf(value, most);
  return html`<svg
    class="bar ${look}"
    viewBox="0 0 1000 10"
    preserveAspectRatio="none"
    aria-hidden="true"
    focusable="false"
  >
    <rect class="rest" width="1000" height="10"></rect>
    <rect class="full" width="${width}" height="10"></rect>
  </svg>`;
}

export interface MonthColumn {
  /** «ноя» */
  readonly label: string;
  /** «ноябрь 2026» */
  readonly title: string;
  readonly total: bigint;
  /** A part of `total`. */
  readonly part: bigint;
  readonly totalText: string;
  readonly partText: string;
}

const HEIGHT = 200;

/** Columns by month: the whole and a part of it. The same as a table below, for everybody. */
export function renderMonths(
  name: string,
  legend: { readonly total: string; readonly part: string },
  columns: readonly MonthColumn[],
): Html {
  const most = columns.reduce((largest, { total }) => (total > largest ? total : largest), 0n);
  return html`<figure class="months">
    <div class="columns" role="img" aria-label="${describe(name, columns)}">
      ${columns.map(
        (column) =>
          html`<div class="column">
            <svg
              viewBox="0 0 10 ${HEIGHT}"
              preserveAspectRatio="none"
              focusable="false"
              aria-hidden="true"
            >
              ${renderColumn(column.total, most, "rest")} ${renderColumn(column.part, most, "full")}
            </svg>
            <span>${column.label}</span>
          </div>`,
      )}
    </div>
    <figcaption>
      <span class="key full">${legend.part}</span>
      <span class="key rest">${legend.total}</span>
    </figcaption>
    <details id="months-table">
      <summary>Таблицей</summary>
      ${renderTable(
        name,
        [
          { title: "Месяц", cell: ({ title }) => title, look: "main" },
          { title: legend.total, cell: ({ totalText }) => totalText, look: "figure" },
          { title: legend.part, cell: ({ partText }) => partText, look: "figure" },
        ],
        columns,
        "",
      )}
    </details>
  </figure>`;
}

function renderColumn(value: bigint, most: bigint, look: string): Html {
  const height = Math.round((shareOf(value, most) * HEIGHT) / 1000);
  return html`<rect class="${look}" y="${HEIGHT - height}" width="10" height="${height}"></rect>`;
}

function describe(name: string, columns: readonly MonthColumn[]): string {
  const known = columns.filter(({ total }) => total > 0n);
  if (known.length === 0) return `${name}: пока ничего`;
  return `${name}. ${known.map(({ title, totalText }) => `${title}: ${totalText}`).join("; ")}`;
}

/** In thousandths; what is not nothing can be seen. */
function shareOf(value: bigint, most: bigint): number {
  if (most <= 0n || value <= 0n) return 0;
  return Math.max(6, Number((value * 1000n) / most));
}
