import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { type ContactCard, type DealCard, PAGE_CSP, renderDeals, renderPage } from "./page.ts";
import { PAGE_CSS, PAGE_SCRIPT } from "./page_assets.ts";

export interface PageSource {
  service: string;
  /** Newest first. */
  deals(): readonly DealCard[];
  /** Newest first. */
  contacts(): readonly ContactCard[];
  /** Moves a deal; returns false where there is no such deal or stage. */
  move(dealId: number, stage: string): boolean;
  file(id: string): { name: string; bytes: Uint8Array<ArrayBuffer> } | null;
}

/** Mounts the human page at `/` and what it needs under `/_fake/`. */
export function mountPage(app: Hono<{ Bindings: HttpBindings }>, source: PageSource): void {
  app.get("/", async (context) => {
    context.header("content-security-policy", PAGE_CSP);
    return context.html(await renderPage(pageOf(source)));
  });
  app.get("/_fake/deals", async (context) => context.html(await renderDeals(pageOf(source))));
  app.get("/_fake/page.css", (context) => {
    context.header("content-type", "text/css; charset=utf-8");
    return context.body(PAGE_CSS);
  });
  app.get("/_fake/page.js", (context) => {
    context.header("content-type", "text/javascript; charset=utf-8");
    return context.body(PAGE_SCRIPT);
  });
  app.get("/_fake/files/:id", (context) => {
    const file = source.file(context.req.param("id"));
    if (file === null) return context.text("Такого файла нет.", 404);
    const name = encodeURIComponent(file.name);
    context.header("content-type", "application/octet-stream");
    context.header("x-content-type-options", "nosniff");
    context.header("content-disposition", `attachment; filename*=UTF-8''${name}`);
    return context.body(file.bytes);
  });
  app.post("/_fake/deals/:id/stage", async (context) => {
    if (isForeign(context.req.header("origin"), context.req.header("host"))) {
      return context.text("Форма пришла с чужой страницы.", 403);
    }
    const form = await context.req.parseBody();
    const stage = typeof form["stage"] === "string" ? form["stage"] : "";
    const isMoved = source.move(Number(context.req.param("id")), stage);
    return isMoved ? context.redirect("/", 303) : context.text("Такой сделки или стадии нет.", 404);
  });
}

function pageOf(source: PageSource) {
  return { service: source.service, deals: source.deals(), contacts: source.contacts() };
}

/** A form of another site must not move deals, even here. */
function isForeign(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && origin !== "null" && new URL(origin).host !== host;
}
