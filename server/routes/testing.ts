import { createTestMetrics } from "../metrics/testing.ts";
import pino from "pino";
import type { Actor } from "../../domain/access.ts";
import { notFound } from "../../domain/errors.ts";
import type { Company, Services } from "../../domain/services.ts";
import { signInitData } from "../auth/init_data.ts";
import type { BrowserSessions } from "../auth/browser_sessions.ts";
import type { Session, Sessions } from "../auth/sessions.ts";
import { createApp } from "../app.ts";
import { guessColumns } from "../imports/columns.ts";
import { rowsToCatalogue } from "../imports/row_prices.ts";
import { rowsToEstimate } from "../imports/row_sections.ts";
import { readTable } from "../imports/tables.ts";
import type { ClientDoor } from "../services/client_contract.ts";
import type { AppDependencies } from "./dependencies.ts";

/** Helpers for the tests of the HTTP doors. */

export const testNow = new Date("2026-11-22T12:00:00Z");
export const testBotToken = "123456:test-token";

export const testActor: Actor = {
  companyId: "01990000-0000-7000-8000-000000000001",
  userId: "01990000-0000-7000-8000-000000000002",
  role: "foreman",
};

export const testTelegramId = 77;

/** `Authorization` as the Mini App sends it, signed as Telegram does. */
export function authorizeAs(telegramId: number, at: Date = testNow, token = testBotToken): string {
  const pairs: [string, string][] = [
    ["user", JSON.stringify({ id: telegramId, first_name: "Пётр" })],
    ["auth_date", String(Math.floor(at.getTime() / 1000))],
  ];
  const hash = signInitData(pairs, token).toString("hex");
  return `tma ${new URLSearchParams([...pairs, ["hash", hash]]).toString()}`;
}

/** Sessions in memory. `removeMember` is what an owner does to a person. */
export function fakeSessions(
  people: readonly { telegramId: number; actor: Actor; name: string }[],
) {
  const stored = new Map<string, { userId: string; companyId: string; expiresAt: Date }>();
  const members = new Map(people.map((person) => [person.telegramId, person]));
  const sessions: Sessions = {
    async findPerson(telegramId) {
      const person = people.find((known) => known.telegramId === telegramId);
      if (!person) return null;
      const actor = members.get(telegramId)?.actor ?? null;
      const { userId } = person.actor;
      return { userId, telegramId, name: person.name, memberships: [], actor };
    },
    async create(token, { userId, companyId, expiresAt }) {
      stored.set(token, { userId, companyId, expiresAt });
    },
    async find(token, now): Promise<Session | null> {
      const session = stored.get(token);
      if (!session || session.expiresAt <= now) return null;
      const member = [...members.values()].find(({ actor }) => actor.userId === session.userId);
      if (!member) return null;
      return { actor: member.actor, telegramId: member.telegramId, name: member.name };
    },
  };
  return { sessions, removeMember: (telegramId: number) => members.delete(telegramId) };
}

/** Services of which a test gives the parts that it expects to be called; everything else throws. */
export type ServiceParts = {
  [Name in keyof Omit<Services, "actor">]?: Partial<Services[Name]>;
};

export function fakeServices(actor: Actor, parts: ServiceParts): Services {
  const strict = <Part extends object>(name: string, part: Partial<Part> | undefined): Part =>
    new Proxy((part ?? {}) as Part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (value === undefined) throw new Error(`${name}.${String(key)} is not expected here`);
        return value;
      },
    });
  return {
    actor,
    company: strict("company", { get: async () => testCompany, ...parts.company }),
    clients: strict("clients", parts.clients),
    photos: strict("photos", parts.photos),
    projects: strict("projects", parts.projects),
    estimates: strict("estimates", parts.estimates),
    catalogue: strict("catalogue", parts.catalogue),
    documents: strict("documents", parts.documents),
    lists: strict("lists", parts.lists),
    team: strict("team", parts.team),
    agreement: strict("agreement", parts.agreement),
    sharing: strict("sharing", parts.sharing),
    questions: strict("questions", parts.questions),
    extras: strict("extras", parts.extras),
    acts: strict("acts", parts.acts),
    payments: strict("payments", parts.payments),
    crm: strict("crm", parts.crm),
    deadLetters: strict("deadLetters", parts.deadLetters),
    logins: strict("logins", parts.logins),
    apiKeys: strict("apiKeys", parts.apiKeys),
    repeating: strict("repeating", parts.repeating),
    notifications: strict("notifications", parts.notifications),
    search: strict("search", parts.search),
    privacy: strict("privacy", parts.privacy),
  };
}

/** An app with one foreman, whose launch data is exchanged already. */
export async function createTestApp(
  parts: ServiceParts = {},
  overrides: Partial<AppDependencies> = {},
) {
  const people = [{ telegramId: testTelegramId, actor: testActor, name: "Пётр" }];
  const { sessions, removeMember } = fakeSessions(people);
  let now = testNow;
  const app = createApp({
    services: async (actor, work) => work(fakeServices(actor, parts)),
    sessions,
    browserSessions: noBrowsers,
    tables: testTables,
    clientDoor: noClients,
    telegram: { botToken: testBotToken, webhook: null },
    config: {
      miniappDirectory: "/nowhere",
      simulatorOrigin: null,
      botUsername: null,
      isSecure: true,
      publicUrl: "https://smetka.example",
    },
    log: pino({ level: "silent" }),
    clock: () => now,
    metrics: createTestMetrics(),
    readiness: async () => true,
    ...overrides,
  });
  const opened = await app.request("/api/v1/session", {
    method: "POST",
    headers: { Authorization: authorizeAs(testTelegramId) },
  });
  const { token } = (await opened.json()) as { token: string };
  /** A request with the foreman's token; a body goes as JSON, a form or a file as it is. */
  const ask = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const isJson = body !== undefined && !(body instanceof FormData || body instanceof Blob);
    const sent = isJson ? JSON.stringify(body) : body;
    return app.request(path, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(isJson ? { "Content-Type": "application/json" } : {}),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
  };
  const setTime = (time: Date) => {
    now = time;
  };
  return { app, ask, token, removeMember, setTime };
}

export const testCompany = {
  id: testActor.companyId,
  name: "Бригада Петра",
  timezone: "Europe/Moscow",
} as Company;

/** No browser is logged in. */
const noBrowsers: BrowserSessions = {
  enter: async () => null,
  open: async () => null,
  close: async () => undefined,
  list: async () => [],
  closeOne: async () => false,
  closeAll: async () => undefined,
};

/** Reads spreadsheets here, and not in a thread of its own. */
export const testTables = {
  read: readTable,
  guessColumns,
  readLines: rowsToEstimate,
  readPrices: rowsToCatalogue,
};

/** Links of nobody. */
const noClients: ClientDoor = {
  stamp: async () => null,
  open: async () => null,
  countView: async () => undefined,
  agree: async () => null,
  ask: async () => null,
  file: async () => null,
  photo: async () => null,
  verify: async () => null,
};

/** What services answer for a record of another company. */
export async function refuseForeign(): Promise<never> {
  throw notFound("Смета");
}
