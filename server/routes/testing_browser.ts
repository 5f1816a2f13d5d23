import { createTestMetrics } from "../metrics/testing.ts";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { pino } from "pino";
import type { Browser, Page } from "playwright-core";
import { programEnvironment } from "../../db/testing_environment.ts";
import type { Actor } from "../../domain/access.ts";
import { launchBrowser } from "../../bot/simulator/browser.ts";
import { signInitData } from "../auth/init_data.ts";
import { createBrowserSessions } from "../auth/browser_sessions.ts";
import { createSessionStore } from "../auth/session_store.ts";
import { createClientDoor } from "../services/client_door.ts";
import { createApp } from "../app.ts";
import { startLiveAlone } from "../live/testing_live.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { testBotToken, testTables } from "./testing.ts";
import { darkTheme, installTelegram, lightTheme } from "./testing_telegram.ts";

const project = join(import.meta.dirname, "../..");

/**
 * How long tests with a browser wait on a slow machine, for `vi.setConfig`. A test that runs again finds
 * what its first run left behind, so each one makes what it changes.
 */
export const BROWSER_PATIENCE = {
  testTimeout: 120_000,
  hookTimeout: 240_000,
  expect: { poll: { timeout: 20_000 } },
};

/** A real server on a real database with the built Mini App, and a real browser. */
export interface Stage {
  readonly work: TestWork;
  readonly url: string;
  readonly browser: Browser;
  /** A person with a Telegram account, who opens pages. */
  newPerson(options?: { companyId?: string; role?: Actor["role"] }): Promise<StagePerson>;
  open(person: StagePerson, options?: OpenOptions): Promise<Page>;
  /** Opens an address as an ordinary browser does, without Telegram. */
  openOutside(): Promise<Page>;
  /** As when the process of the sockets is replaced by another. */
  restartSockets(): Promise<void>;
  /** Answers nothing, as a network that is silent, until it is released. */
  holdAnswers(): HeldAnswers;
  close(): Promise<void>;
}

export interface HeldAnswers {
  /** The paths that were asked for meanwhile. */
  readonly asked: readonly string[];
  release(): void;
}

export interface StagePerson {
  readonly actor: Actor;
  readonly telegramId: number;
}

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly isDark?: boolean;
  readonly startParam?: string;
  readonly version?: string;
  readonly answersViewport?: boolean;
  readonly authDate?: Date;
  /** Keeps in `window.loadedBefore` what was loaded when the first element of this selector came. */
  readonly marks?: string;
  /** Lets the page keep itself for an opening without a network; `page.route` then sees less. */
  readonly keepsShell?: boolean;
  /** Where the page is, when not at the stage's own address. */
  readonly url?: string;
  /** Another window of the browser in which this page is. */
  readonly beside?: Page;
  /** Called before the page goes anywhere. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/**
 * With `isLive` others' changes come unasked; without, a test decides when they do. `work` is closed with
 * the stage; without it a database of tests is made.
 */
export async function createStage({
  isLive = false,
  work: given,
}: { isLive?: boolean; work?: TestWork } = {}): Promise<Stage> {
  execFileSync(process.execPath, [join(project, "miniapp/build.ts")], {
    env: programEnvironment({}),
  });
  const work = given ?? (await createTestWork());
  const app = createApp({
    services: work.asActor,
    sessions: createSessionStore(work.database.sql),
    browserSessions: createBrowserSessions(work.database.sql, () => new Date()),
    tables: testTables,
    clientDoor: createClientDoor(work.dependencies, work.dependencies.sql),
    telegram: { botToken: testBotToken, webhook: null },
    config: {
      miniappDirectory: join(project, "miniapp/dist"),
      simulatorOrigin: null,
      botUsername: "smetka_test_bot",
      isSecure: false,
      publicUrl: null,
    },
    log: pino({ level: "silent" }),
    clock: () => new Date(),
    metrics: createTestMetrics(),
    readiness: async () => true,
  });
  let held: { asked: string[]; until: Promise<void> } | null = null;
  const answer: typeof app.fetch = async (request, ...rest) => {
    held?.asked.push(new URL(request.url).pathname);
    await held?.until;
    return await app.fetch(request, ...rest);
  };
  const server = serve({ fetch: answer, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve) => {
    server.once("listening", resolve);
  });
  const startSockets = () => {
    const { sql, url } = work.database;
    const log = pino({ level: "silent" });
    const live = startLiveAlone({ sql, url, publicUrl: null, clock: () => new Date(), log });
    live.attach(server as Server);
    return live;
  };
  let live = isLive ? startSockets() : null;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchBrowser();
  // Far from the numbers of the bots that a benchmark may have had in this database.
  let nextTelegramId = 700_001_000;

  return {
    work,
    url,
    browser,
    newPerson: async (options) => {
      const actor = await work.newActor(options);
      nextTelegramId += 1;
      await work.database.sql`
        insert into telegram_users (telegram_id, user_id, first_name, active_company_id)
        values (${nextTelegramId}, ${actor.userId}, 'Пётр', ${actor.companyId})
      `;
      return { actor, telegramId: nextTelegramId };
    },
    restartSockets: async () => {
      await live?.stop();
      live = startSockets();
    },
    holdAnswers: () => {
      const { promise: until, resolve } = Promise.withResolvers<void>();
      const asked: string[] = [];
      held = { asked, until };
      const release = () => {
        held = null;
        resolve();
      };
      return { asked, release };
    },
    open: (person, options = {}) => openPage(browser, options.url ?? url, person, options),
    openOutside: async () => {
      const page = await browser.newPage();
      await page.goto(`${url}/app/`);
      return page;
    },
    close: async () => {
      await browser.close();
      await live?.stop();
      server.close();
      await work.close();
    },
  };
}

async function openPage(
  browser: Browser,
  url: string,
  person: StagePerson,
  options: OpenOptions,
): Promise<Page> {
  const { width = 390, height = 844, isDark = false, answersViewport = true } = options;
  const theme = isDark ? darkTheme : lightTheme;
  const device = {
    viewport: { width, height },
    deviceScaleFactor: 2,
    hasTouch: width < 700,
    locale: "ru-RU",
    serviceWorkers: options.keepsShell ? ("allow" as const) : ("block" as const),
  };
  const page = await (options.beside
    ? options.beside.context().newPage()
    : (await browser.newContext(device)).newPage());
  await page.addInitScript(installTelegram, { theme, answersViewport });
  if (options.marks !== undefined) await page.addInitScript(markContent, options.marks);
  const hash = new URLSearchParams({
    tgWebAppData: signLaunch(person, options),
    tgWebAppVersion: options.version ?? "9.1",
    tgWebAppPlatform: "android",
    tgWebAppThemeParams: JSON.stringify(theme),
  });
  await options.prepare?.(page);
  await page.goto(`${url}/app/#${hash.toString()}`);
  return page;
}

/** Runs in the page, in the same moment as the paint of the content. */
function markContent(selector: string): void {
  const observer = new MutationObserver(() => {
    if (!document.querySelector(selector)) return;
    observer.disconnect();
    const entries = performance.getEntriesByType("resource");
    Object.assign(window, { loadedBefore: entries.map(({ name }) => name) });
  });
  observer.observe(document, { childList: true, subtree: true });
}

function signLaunch({ telegramId }: StagePerson, { startParam, authDate }: OpenOptions): string {
  const date = authDate ?? new Date();
  const pairs: [string, string][] = [
    ["user", JSON.stringify({ id: telegramId, first_name: "Пётр" })],
    ["auth_date", String(Math.floor(date.getTime() / 1000))],
    ["signature", "unchecked"],
  ];
  if (startParam !== undefined) pairs.push(["start_param", startParam]);
  const hash = signInitData(pairs, testBotToken).toString("hex");
  return new URLSearchParams([...pairs, ["hash", hash]]).toString();
}

/** What the page told Telegram, newest last. */
export async function postedEvents(
  page: Page,
): Promise<{ name: string; data: Record<string, unknown> }[]> {
  return await page.evaluate(
    () => (window as unknown as { testTelegram: { posted: never[] } }).testTelegram.posted,
  );
}

/** What Telegram tells the page: "back_button_pressed", "theme_changed", … */
export async function receiveEvent(page: Page, name: string, data: unknown = {}): Promise<void> {
  await page.evaluate(
    ([name, data]) =>
      (
        window as unknown as { testTelegram: { receive: (name: unknown, data: unknown) => void } }
      ).testTelegram.receive(name, data),
    [name, data] as const,
  );
}
