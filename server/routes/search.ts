import { Hono } from "hono";
import { z } from "zod";
import { ESTIMATE_STATUSES } from "../../domain/estimate/status.ts";
import { formatMoney } from "../../domain/money.ts";
import { SEARCH_KINDS, type SearchHit } from "../../domain/search.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { createPageLimit } from "./page_limits.ts";
import { tooMany } from "./rates.ts";
import { pageQuery, queryOf } from "./validation.ts";
import { encodePage } from "./wire.ts";

/** One a letter of a fast typist, all minute long. */
const MOST = 300;
const MINUTE = 60_000; // ms

/** `GET /?q=`: everything that the person may see, best first. `kind`, `status`: these alone. */
export function searchRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  const { clock } = dependencies;
  const isPatient = createPageLimit({ most: MOST, window: MINUTE, clock });
  const query = z.strictObject({
    ...pageQuery,
    q: z.string().max(4096),
    kind: z.enum(SEARCH_KINDS).optional(),
    status: z.enum(ESTIMATE_STATUSES).optional(),
  });
  return new Hono<AppEnvironment>().get("/", queryOf(query), async (context) => {
    const { q: text, kind, ...rest } = context.req.valid("query");
    if (!isPatient(context.var.session.actor.userId)) {
      throw tooMany();
    }
    const kinds = kind && [kind];
    const page = await run(context, ({ search }) => search.find({ text, kinds, ...rest }));
    return context.json({ ...encodePage(page, encodeHit), corrections: page.corrections }, 200);
  });
}

function encodeHit(hit: SearchHit) {
  return {
    kind: hit.kind,
    id: hit.id,
    title: hit.title,
    number: hit.number,
    about: hit.about,
    estimateId: hit.estimateId,
    status: hit.status,
    total: hit.total === null ? null : formatMoney(hit.total),
    reasons: hit.reasons.map(({ field, text, marks }) => ({ field, text, marks: [...marks] })),
  };
}
