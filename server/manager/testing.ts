import { type Logger, pino } from "pino";
import type { Actor } from "../../domain/access.ts";
import { createApp } from "../app.ts";
import { createTestMetrics } from "../metrics/testing.ts";
import { createManagerSessions } from "../auth/manager_sessions.ts";
import { createBrowserSessions } from "../auth/browser_sessions.ts";
import { createSessionStore } from "../auth/session_store.ts";
import { BROWSER } from "../routes/testing_share.ts";
import { testBotToken, testTables } from "../routes/testing.ts";
import { createClientDoor } from "../services/client_door.ts";
import { createOrderExport } from "../services/list_exports.ts";
import { type AsReader, createAsReader } from "../services/reading.ts";
import { newPeople, type TestPeople } from "../services/testing_agreement.ts";
import { createTestWork, type TestWork } from "../testing.ts";

/** The manager's page over a real database. */
export interface ManagerStage {
  readonly work: TestWork;
  readonly people: TestPeople;
  readonly app: ReturnType<typeof createApp>;
  /** As a browser asks; `cookie` as `login` gives it. */
  get(path: string, cookie?: string, headers?: Record<string, string>): Promise<Response>;
  post(
    path: string,
    cookie?: string,
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** The path of a new one-time link. */
  makeLink(actor: Actor): Promise<string>;
  /** Goes through the link; the cookie. */
  login(actor: Actor): Promise<string>;
  close(): Promise<void>;
}

export async function createManagerStage(
  options: {
    readonly isSecure?: boolean;
    readonly work?: TestWork;
    readonly read?: AsReader;
    readonly log?: Logger;
  } = {},
): Promise<ManagerStage> {
  const { isSecure = true } = options;
  const work = options.work ?? (await createTestWork());
  const { sql } = work.database;
  const clock = () => work.clock.now;
  const app = createApp({
    services: work.asActor,
    sessions: createSessionStore(sql),
    browserSessions: createBrowserSessions(sql, clock),
    tables: testTables,
    clientDoor: createClientDoor(work.dependencies, work.dependencies.sql),
    manager: {
      sessions: createManagerSessions(sql, clock),
      read: options.read ?? createAsReader({ readSql: () => sql, clock }),
      orderExport: createOrderExport(work.dependencies),
    },
    metrics: createTestMetrics(),
    telegram: { botToken: testBotToken, webhook: null },
    config: {
      miniappDirectory: "/nowhere",
      simulatorOrigin: null,
      botUsername: null,
      isSecure,
      publicUrl: "https://smetka.example",
    },
    log: options.log ?? pino({ level: "silent" }),
    clock,
    readiness: async () => true,
  });
  const browser = (cookie: string) => ({
    "User-Agent": BROWSER,
    ...(cookie === "" ? {} : { Cookie: cookie }),
  });
  const get: ManagerStage["get"] = async (path, cookie = "", headers = {}) =>
    app.request(path, { headers: { ...browser(cookie), ...headers } });
  const post: ManagerStage["post"] = async (path, cookie = "", fields = {}, headers = {}) =>
    app.request(path, {
      method: "POST",
      headers: {
        ...browser(cookie),
        Origin: "null",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/x-www-form-urlencoded",
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    });
  const makeLink = async (actor: Actor) =>
    (await work.asActor(actor, ({ logins }) => logins.create("manager"))).path;
  return {
    work,
    people: await newPeople(work),
    app,
    get,
    post,
    makeLink,
    login: async (actor) => cookieOf(await post(await makeLink(actor))),
    close: () => work.close(),
  };
}

/** What the browser would send back. */
export function cookieOf(response: Response): string {
  const cookie = response.headers.get("Set-Cookie")?.split(";")[0];
  if (!cookie) throw new Error(`no cookie in an answer ${response.status}`);
  return cookie;
}
