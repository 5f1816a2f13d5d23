import type { Context } from "hono";
import type { TypedResponse } from "hono/types";
import { can } from "../../domain/access.ts";
import { idSchema } from "../../domain/ids.ts";
import type { ReadPlace, Seen, Session } from "../auth/sessions.ts";

const encoder = new TextEncoder();
const MOST = 16 * 1024 * 1024; // bytes of one process

/** Bodies that are asked for again and again, by what tells that nothing has changed. */
export interface KeptAnswers {
  find(key: string): Bytes | undefined;
  /** Returns the body as it is sent. */
  keep(key: string, text: string): Bytes;
}

/** UTF-8 */
type Bytes = Uint8Array<ArrayBuffer>;

/** Forgets what was not read for longest. */
export function createKeptAnswers(most = MOST): KeptAnswers {
  const bodies = new Map<string, Bytes>();
  let size = 0;
  const forget = (key: string): void => {
    size -= bodies.get(key)?.length ?? 0;
    bodies.delete(key);
  };
  return {
    find: (key) => {
      const body = bodies.get(key);
      if (body === undefined) return undefined;
      bodies.delete(key);
      bodies.set(key, body);
      return body;
    },
    keep: (key, text) => {
      const body = encoder.encode(text);
      if (bodies.has(key)) forget(key);
      bodies.set(key, body);
      size += body.length;
      for (const oldest of bodies.keys()) {
        if (size <= most) break;
        forget(oldest);
      }
      return body;
    },
  };
}

const PLACE = /^\/api\/v1\/estimates\/([^/]{36})(?:\/revisions\/([^/]{36}))?$/;

/** What a request reads, where that is looked up together with its session. */
export function placeOf({ req }: Pick<Context, "req">): ReadPlace | undefined {
  const [, estimateId, revisionId] = req.method === "GET" ? (PLACE.exec(req.path) ?? []) : [];
  if (!idSchema.safeParse(estimateId).success || estimateId === undefined) return undefined;
  if (revisionId === undefined) return { estimateId, revisionId: null };
  return idSchema.safeParse(revisionId).success ? { estimateId, revisionId } : undefined;
}

/** What was looked up with the session, if this person may read it; else the whole way says why not. */
export function readableIn({ actor, seen }: Session): Seen | null {
  if (!seen) return null;
  const thing = { companyId: actor.companyId, ownerIds: seen.ownerIds };
  return can(actor, "estimate.read", thing) ? seen : null;
}

/** Answers with what is JSON already. @typeParam Wire what it says */
export function answerJson<Wire>(
  context: Context,
  body: Bytes,
): Response & TypedResponse<Wire, 200, "json"> {
  context.header("Content-Type", "application/json");
  return context.body(body, 200) as unknown as Response & TypedResponse<Wire, 200, "json">;
}
