import { z } from "zod";
import type { Actor } from "../../domain/access.ts";
import { AppError } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import type { EstimateStamp, Person } from "../../domain/services.ts";
import { type InitDataProblem, readInitData } from "./init_data.ts";
import { makeToken } from "./tokens.ts";

/** Who asks, as the database has it now: the role and the membership are read with every request. */
export interface Session {
  readonly actor: Actor;
  /** Also the id of the person's private chat with the bot. */
  readonly telegramId: number;
  /** Of the person, or of the key. */
  readonly name: string;
  /** Set for a program with an API key. */
  readonly keyId?: Id;
  /** What was asked for, where it was looked up together with the session; see `ReadPlace`. */
  readonly seen?: Seen;
}

/** What is read: an estimate, or a frozen revision of it. */
export interface ReadPlace {
  readonly estimateId: Id;
  readonly revisionId: Id | null;
}

/** What tells whether it has changed. Whether the person may read it is not judged yet. */
export interface Seen {
  /** Of the estimate. */
  readonly ownerIds: readonly Id[];
  readonly isRemoved: boolean;
  /** Of the estimate where that is read itself. */
  readonly stamp: EstimateStamp | null;
  /** Of the revision, see `FrozenStamp`; null where none was asked for or there is none. */
  readonly frozen: { readonly sha256: string; readonly written: string } | null;
}

/** Where sessions and people are found; keeps only hashes of the tokens. */
export interface Sessions {
  /** Null: never wrote to the bot. */
  findPerson(telegramId: number): Promise<Person | null>;
  create(
    token: string,
    session: { companyId: Id; userId: Id; kind: "miniapp"; expiresAt: Date },
  ): Promise<void>;
  /**
   * Null when unknown, expired, revoked, or when the person no longer belongs to the company.
   * @param place looked up in the same round trip, where the store can
   */
  find(token: string, now: Date, place?: ReadPlace): Promise<Session | null>;
}

/** A working day. Launch data is good for an hour only, so a shorter session could not be renewed. */
export const SESSION_LIFETIME = 16 * 3600 * 1000; // ms

const OPEN_AGAIN = "Закройте приложение и откройте его из чата с ботом ещё раз.";

const REFUSALS: Readonly<Record<InitDataProblem, string>> = {
  malformed: `Telegram не подтвердил, кто вы. ${OPEN_AGAIN}`,
  forged: `Telegram не подтвердил, кто вы. ${OPEN_AGAIN}`,
  no_user: `Telegram не сообщил, кто вы. ${OPEN_AGAIN}`,
  expired: `Приложение открыто слишком давно. ${OPEN_AGAIN}`,
  future: "Часы телефона или сервера спешат. Проверьте время и откройте приложение ещё раз.",
};

export interface OpenedSession {
  readonly token: string;
  readonly expiresAt: Date;
  readonly session: Session;
}

/** Exchanges launch data for a bearer token. Throws `unauthenticated` or `forbidden`. */
export async function openSession(
  deps: { sessions: Sessions; botToken: string; now: Date },
  authorization: string | undefined,
): Promise<OpenedSession> {
  const raw = /^tma (.+)$/.exec(authorization ?? "")?.[1];
  const initData = readInitData(raw ?? "", deps);
  if (!initData.ok) throw new AppError("unauthenticated", REFUSALS[initData.problem]);

  const person = await deps.sessions.findPerson(initData.data.telegramId);
  if (!person?.actor) {
    throw new AppError(
      "forbidden",
      "Сначала откройте чат с ботом и нажмите «Старт»: там создаётся компания.",
    );
  }
  const token = makeToken();
  const expiresAt = new Date(deps.now.getTime() + SESSION_LIFETIME);
  const { companyId, userId } = person.actor;
  await deps.sessions.create(token, { companyId, userId, kind: "miniapp", expiresAt });
  const session = { actor: person.actor, telegramId: person.telegramId, name: person.name };
  return { token, expiresAt, session };
}

/** A session of the Mini App, or an API key. */
const bearerSchema = z.string().regex(/^Bearer (?:[A-Za-z0-9_-]{43}|sk_[A-Za-z0-9_-]{54})$/);

/** The session of a request. Throws `unauthenticated`. */
export async function requireSession(
  deps: { sessions: Sessions; now: Date },
  authorization: string | undefined,
  place?: ReadPlace,
): Promise<Session> {
  const bearer = bearerSchema.safeParse(authorization);
  const session = bearer.success
    ? await deps.sessions.find(bearer.data.slice("Bearer ".length), deps.now, place)
    : null;
  if (!session) throw new AppError("unauthenticated", `Сеанс закончился. ${OPEN_AGAIN}`);
  return session;
}
