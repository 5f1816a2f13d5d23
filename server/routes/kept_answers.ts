import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import type { TypedResponse } from "hono/types";
import { can } from "../../domain/access.ts";
import { idSchema } from "../../domain/ids.ts";
import type { ReadPlace, Seen, Session } from "../auth/sessions.ts";
import { type Bytes, ownBytes, type Packing, sayPacking } from "./packing.ts";

const MOST = 16 * 1024 * 1024; // bytes of one process
/** Larger bodies are packed on their way, a part at a time: packing one at once would hold up everybody. */
const MOST_PACKED = 512 * 1024; // bytes

/** Bodies that are asked for again and again, by what tells that nothing has changed. */
export interface Kept<Body> {
  find(key: string): Body | undefined;
  /** Returns the body. */
  keep(key: string, body: Body): Body;
}

/** Forgets what was not read for longest. `size` of a body: bytes */
export function createKept<Body extends { readonly size: number }>(most = MOST): Kept<Body> {
  const bodies = new Map<string, Body>();
  let size = 0;
  const forget = (key: string): void => {
    size -= bodies.get(key)?.size ?? 0;
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
    keep: (key, body) => {
      forget(key);
      bodies.set(key, body);
      size += body.size;
      for (const oldest of bodies.keys()) {
        if (size <= most) break;
        forget(oldest);
      }
      return body;
    },
  };
}

/** An answer as it is sent, in memory of its own. */
export interface KeptAnswer {
  readonly bytes: Bytes;
  readonly packing: Packing;
  readonly size: number;
}

export function encodeAnswer(text: string, asked: Packing): KeptAnswer {
  const plain = Buffer.from(text);
  const packing = plain.length > MOST_PACKED ? "none" : asked;
  const bytes = ownBytes(packing === "gzip" ? gzipSync(plain) : plain);
  return { bytes, packing, size: bytes.length };
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
  { bytes, packing }: KeptAnswer,
): Response & TypedResponse<Wire, 200, "json"> {
  context.header("Content-Type", "application/json");
  sayPacking(context, packing);
  return context.body(bytes, 200) as unknown as Response & TypedResponse<Wire, 200, "json">;
}
