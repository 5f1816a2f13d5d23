import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Queryable } from "./client.ts";
import { type EstimateStamp, readStamp } from "./estimate_names.ts";
import { readSession, type Session } from "./sessions.ts";
import { hashToken } from "./token_hashes.ts";

/** A frozen revision that is read. */
export interface FrozenPlace {
  readonly estimateId: Id;
  readonly revisionId: Id;
}

/** A session, and what tells whether what is read there has changed. */
export interface SessionAtPlace {
  readonly session: Session;
  /** Null when the company of the session has no such estimate. */
  readonly estimate: Pick<EstimateStamp, "isRemoved" | "foremanId" | "createdBy"> | null;
  /** Of the estimate where that is read itself. */
  readonly stamp: EstimateStamp | null;
  /** Of the revision; null when the estimate has no such revision, or none was asked for. */
  readonly frozen: FrozenStamp | null;
}

/** Of a frozen revision. What the law lets us keep of a person goes one day, and the hash stays. */
export interface FrozenStamp {
  readonly sha256: string;
  /** Another one after every change of the row. */
  readonly written: string;
}

/** Whose session, and the estimate that is read with it; null where none is. */
export interface AskedSession {
  readonly token: string;
  readonly estimateId: Id | null;
}

const askedRow = z.object({ place: z.coerce.number(), version: z.number().nullable() });

/**
 * `findSession` for many at once, each with what is known of the estimate that it reads: one round trip, as
 * the owner of the tables. The company is that of the session; the caller judges whether this person may
 * read there. Returns one for each that was asked, null for a session that opens no door.
 */
export async function findSessionsAt(
  sql: Queryable,
  asked: readonly AskedSession[],
  now: Date,
): Promise<(SessionAtPlace | null)[]> {
  const rows = await sql`
    select
      asked.place,
      sessions.id, sessions.company_id, sessions.user_id, sessions.role, sessions.name,
      sessions.telegram_id, sessions.kind, sessions.expires_at,
      estimates.version, estimates.revision, estimates.status, estimates.removed_at,
      estimates.updated_at, estimates.foreman_id, estimates.created_by,
      projects.id as project_id, projects.title as project_title,
      projects.address as project_address, clients.id as client_id, clients.name as client_name,
      foremen.name as foreman_name
    from unnest(
      ${asked.map(({ token }) => hashToken(token).toString("hex"))}::text[],
      ${asked.map(({ estimateId }) => estimateId)}::uuid[]
    ) with ordinality as asked (token_hash, estimate_id, place)
    join open_sessions as sessions on sessions.token_hash = decode(asked.token_hash, 'hex')
    left join estimates
      on estimates.company_id = sessions.company_id and estimates.id = asked.estimate_id
    left join users as foremen on foremen.user_id = estimates.foreman_id
    left join projects
      on projects.company_id = sessions.company_id and projects.id = estimates.project_id
    left join clients
      on clients.company_id = sessions.company_id and clients.id = estimates.client_id
    where sessions.ends_at > ${now}
    limit ${asked.length}
  `;
  const found: (SessionAtPlace | null)[] = asked.map(() => null);
  for (const row of rows) {
    const { place, version } = askedRow.parse(row);
    const stamp = version === null ? null : readStamp(row);
    found[place - 1] = { session: readSession(row), estimate: stamp, stamp, frozen: null };
  }
  return found;
}

const revisionRow = z
  .object({
    removed_at: z.date().nullable(),
    foreman_id: z.string().nullable(),
    created_by: z.string().nullable(),
    sha256: z.string().nullable(),
    written: z.string().nullable(),
  })
  .transform(({ foreman_id: foremanId, created_by: createdBy, sha256, written, ...row }) => ({
    estimate:
      foremanId === null || createdBy === null
        ? null
        : { isRemoved: row.removed_at !== null, foremanId, createdBy },
    frozen: sha256 === null || written === null ? null : { sha256, written },
  }));

/** The same for one who reads a frozen revision. Nobody's name is in the answer: fewer tables. */
export async function findSessionAtRevision(
  sql: Queryable,
  token: string,
  { estimateId, revisionId }: FrozenPlace,
  now: Date,
): Promise<SessionAtPlace | null> {
  const [row] = await sql`
    select
      sessions.id, sessions.company_id, sessions.user_id, sessions.role, sessions.name,
      sessions.telegram_id, sessions.kind, sessions.expires_at,
      estimates.removed_at, estimates.foreman_id, estimates.created_by,
      revisions.sha256, revisions.xmin::text as written
    from open_sessions as sessions
    left join estimates
      on estimates.company_id = sessions.company_id and estimates.id = ${estimateId}
    left join estimate_revisions as revisions
      on revisions.company_id = sessions.company_id and revisions.estimate_id = estimates.id
      and revisions.id = ${revisionId}
    where sessions.token_hash = ${hashToken(token)} and sessions.ends_at > ${now}
  `;
  return row ? { session: readSession(row), stamp: null, ...revisionRow.parse(row) } : null;
}
