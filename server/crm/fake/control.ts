import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { FaultRule, FaultScript } from "./faults.ts";
import type { Journal } from "./journal.ts";

/** What another process may ask of a fake, over HTTP under `/_fake/`. */
export function mountControl(
  app: Hono<{ Bindings: HttpBindings }>,
  {
    journal,
    faults,
    invariants,
  }: { journal: Journal; faults: FaultScript; invariants: () => object },
): void {
  app.get("/_fake/invariants", (context) => context.json(invariants()));
  app.get("/_fake/journal", (context) =>
    context.json({ total: journal.count(), entries: journal.entries() }),
  );
  app.delete("/_fake/journal", (context) => {
    journal.clear();
    return context.body(null, 204);
  });
  // `on` can only be a name here: a pattern or a question does not travel as JSON.
  app.post("/_fake/faults", async (context) => {
    // Programs send no Origin; a page of another site would.
    if (context.req.header("origin") !== undefined) return context.body(null, 403);
    faults.add(...(await context.req.json<FaultRule[]>()));
    return context.body(null, 204);
  });
}
