import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** Colours and the reset, which the manager's pages share. */
export const COMMON_STYLE = read("common.css");
/** Inside the page: one answer is all that a slow network has to bring. */
const STYLE = COMMON_STYLE + read("page.css");
const SCRIPT = read("share_page.browser.js");

/** What a page may run and draw, by hash; see the content security policy of the routes. */
export const STYLE_HASH = hashOf(STYLE);
export const SCRIPT_HASH = hashOf(SCRIPT);

// Whole tags: white space inside of them would make another hash.
const STYLE_TAG = raw(`<style>${STYLE}</style>`);
const SCRIPT_TAG = raw(`<script type="module">${SCRIPT}</script>`);

/** @param options.address of the client's page, for its own script; null: a page without one */
export function renderLayout(
  title: string,
  body: Html,
  { address = null, refresh = null }: { address?: string | null; refresh?: number | null } = {},
): Html {
  return html`<!doctype html>
    <html lang="ru">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="format-detection" content="telephone=no" />
        ${refresh === null ? "" : html`<meta http-equiv="refresh" content="${refresh}" />`}
        <title>${title}</title>
        ${STYLE_TAG}
      </head>
      <body data-address="${address ?? ""}">
        <main>${body}</main>
        ${address === null ? "" : SCRIPT_TAG}
      </body>
    </html>`;
}

/** A page that says one thing. */
export function renderMessage(
  title: string,
  text: string,
  options: { refresh?: number; link?: { href: string; text: string } } = {},
): Html {
  const { link } = options;
  const body = html`<section class="card head">
    <h1>${title}</h1>
    <p>${text}</p>
    ${link ? html`<p><a href="${link.href}">${link.text}</a></p>` : ""}
  </section>`;
  return renderLayout(title, body, { refresh: options.refresh ?? null });
}

function read(name: string): string {
  return readFileSync(join(import.meta.dirname, name), "utf8");
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
