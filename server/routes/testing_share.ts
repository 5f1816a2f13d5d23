import { createTestMetrics } from "../metrics/testing.ts";
import { pino } from "pino";
import { createApp } from "../app.ts";
import { createBrowserSessions } from "../auth/browser_sessions.ts";
import { createSessionStore } from "../auth/session_store.ts";
import type { DocumentRenderer } from "../documents/renderer.ts";
import { createDocumentRendering } from "../jobs/document_render.ts";
import { QUEUES } from "../jobs/queues.ts";
import { createClientDoor } from "../services/client_door.ts";
import { newPeople, type TestPeople } from "../services/testing_agreement.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { testBotToken, testTables } from "./testing.ts";

export const BROWSER =
  "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36";

/** A form of agreeing as a person fills it in. */
export const PERSON = {
  name: "Иван Петров",
  phone: "8 912 345-67-89",
  signature: "on",
  personalData: "on",
};

/** The whole server over a real database, for tests of pages and of the API. */
export interface ShareStage {
  readonly work: TestWork;
  readonly people: TestPeople;
  readonly app: ReturnType<typeof createApp>;
  /** As a person's browser asks. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** As a browser sends a form of the page. */
  post(
    path: string,
    fields?: Record<string, string | readonly string[]>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  close(): Promise<void>;
}

export async function createShareStage(): Promise<ShareStage> {
  const work = await createTestWork();
  const app = createApp({
    services: work.asActor,
    sessions: createSessionStore(work.database.sql),
    browserSessions: createBrowserSessions(work.database.sql, () => work.clock.now),
    tables: testTables,
    clientDoor: createClientDoor(work.dependencies, work.dependencies.sql),
    telegram: { botToken: testBotToken, webhook: null },
    config: {
      miniappDirectory: "/nowhere",
      simulatorOrigin: null,
      botUsername: null,
      isSecure: true,
      publicUrl: "https://smetka.example",
    },
    log: pino({ level: "silent" }),
    clock: () => work.clock.now,
    metrics: createTestMetrics(),
    readiness: async () => true,
  });
  const page = { "User-Agent": BROWSER, Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  return {
    work,
    people: await newPeople(work),
    app,
    get: async (path, headers = {}) => app.request(path, { headers: { ...page, ...headers } }),
    post: async (path, fields = {}, headers = {}) => {
      const body = new URLSearchParams();
      for (const [name, value] of Object.entries(fields)) {
        for (const item of typeof value === "string" ? [value] : value) body.append(name, item);
      }
      return app.request(path, {
        method: "POST",
        headers: {
          ...page,
          // What a browser makes of the page's referrer policy.
          Origin: "null",
          "Sec-Fetch-Site": "same-origin",
          "Content-Type": "application/x-www-form-urlencoded",
          ...headers,
        },
        body: body.toString(),
      });
    },
    close: () => work.close(),
  };
}

/** Renders what was ordered meanwhile, as a worker would; `sent` are the files that went to chats. */
export async function renderOrdered(
  { work }: ShareStage,
  renderer: DocumentRenderer,
): Promise<{ fileName: string; bytes: Uint8Array }[]> {
  const sent: { fileName: string; bytes: Uint8Array }[] = [];
  const handle = createDocumentRendering({
    sql: work.database.sql,
    renderer,
    delivery: {
      sendDocument: async (file) => {
        sent.push(file);
        return "sent";
      },
      sendText: async () => "sent",
      removeMessage: async () => undefined,
    },
    publicUrl: "https://smetka.example",
    log: pino({ level: "silent" }),
  });
  const jobs = await work.board.boss.fetch("document.render", { batchSize: 100 });
  const context = { signal: AbortSignal.timeout(60_000), attempt: 1, isLastAttempt: true };
  for (const job of jobs) await handle(QUEUES["document.render"].schema.parse(job.data), context);
  return sent;
}

/** The value of a hidden field. */
export function hidden(html: string, name: string): string {
  const found = new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(html);
  if (!found) throw new Error(`the page has no field ${name}`);
  return found[1] ?? "";
}
