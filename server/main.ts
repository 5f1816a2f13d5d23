import { flushCompileCache } from "node:module";
import { join } from "node:path";
import type { Update } from "grammy/types";
import type { Logger } from "pino";
import { type ChatBot, createBot } from "../bot/bot.ts";
import { createSendingApi } from "../bot/outgoing.ts";
import type { Sql } from "../db/client.ts";
import { sessionName } from "../db/frozen_workers.ts";
import { readDatabaseFigures } from "../db/metrics.ts";
import { StartupError } from "../db/startup_error.ts";
import { createApp, createHealthApp } from "./app.ts";
import { createBrowserSessions } from "./auth/browser_sessions.ts";
import { createSessionStore } from "./auth/session_store.ts";
import { type Config, environment, readConfig } from "./config.ts";
import { deriveKey, loadSecretKey } from "./config_secret.ts";
import { openDatabase, openPools, openReplica } from "./database.ts";
import { startDatabaseClock } from "./database_clock.ts";
import { createDelivery, createNotificationSending } from "./delivery.ts";
import type { DemoCrm } from "./demo_crm.ts";
import { loadDemo } from "./demo.ts";
import { createCrmChat } from "./crm_chat.ts";
import { createCrm, type Crm } from "./crm/crm.ts";
import { CRM_BUCKETS } from "./crm/pace.ts";
import { createPushSources } from "./crm/sources.ts";
import { createManagerSessions } from "./auth/manager_sessions.ts";
import { createListRenderer } from "./documents/list_renderer.ts";
import { createDocumentRenderer } from "./documents/renderer.ts";
import { createTableReader } from "./imports/table_reader.ts";
import { createCatalogueLearning } from "./jobs/catalogue_learn.ts";
import { createCrmJobs, scheduleCrmJobs } from "./jobs/crm_jobs.ts";
import { createDeadLetters } from "./jobs/dead_letters.ts";
import { createDocumentRendering } from "./jobs/document_render.ts";
import { createManagerExport } from "./jobs/manager_export.ts";
import { type JobBoard, startJobBoard } from "./jobs/job_board.ts";
import { createJobCaller, hearJobCalls } from "./jobs/job_calls.ts";
import { createRetention, scheduleRetention } from "./jobs/retention.ts";
import { createReminders, scheduleReminders } from "./jobs/reminders.ts";
import { newWorker, startWorkers, type WorkerOptions, type Workers } from "./jobs/job_workers.ts";
import { createTelegramNotify } from "./jobs/telegram_notify.ts";
import { createSearchIndexing } from "./jobs/search_index.ts";
import { createHearing } from "./hearing.ts";
import { listen } from "./listening.ts";
import { openLive } from "./live/opening.ts";
import { createLog, logFile } from "./logging.ts";
import { surviveLostConnections } from "./lost_connections.ts";
import { measureCrm } from "./metrics/crm.ts";
import { measureSending, measureUpdates } from "./metrics/measured.ts";
import { createMetrics, type Metrics } from "./metrics/metrics.ts";
import { showPools } from "./metrics/pools.ts";
import { createNewId } from "./new_id.ts";
import { createClientDoor } from "./services/client_door.ts";
import { createOrderExport } from "./services/list_exports.ts";
import { createReadRouting } from "./services/replica.ts";
import { createReplicaWatch } from "./services/replica_watch.ts";
import { createAsReader } from "./services/reading.ts";
import { createUpdates } from "./services/updates.ts";
import { createAsActor, type WorkDependencies } from "./services/work.ts";
import { createShutdown, SHUTDOWN, type Shutdown } from "./shutdown.ts";
import { startWarming } from "./warming.ts";

const projectRoot = join(import.meta.dirname, "..");
/** For answers that nobody takes, when everything else has ended. */
const LAST_ANSWERS = 500; // ms

/** The only place that constructs. Everything that starts is stopped: see `Shutdown`. */
async function start(config: Config, shutdown: Shutdown): Promise<string> {
  const has = (role: Config["roles"][number]): boolean => config.roles.includes(role);
  const log = createLog(config);
  surviveLostConnections(log);
  const listening = await listen(config.http);
  shutdown.add(() => listening.close(LAST_ANSWERS));

  const { url, directUrl } = await openDatabase(config, log, shutdown);
  const worker = newWorker();
  const applicationName = sessionName("smetka", worker);
  const pools = await openPools({ url, directUrl }, { applicationName, log, shutdown });
  const { sql, lookups } = pools;
  const shared = await startDatabaseClock({ sql, log });
  shutdown.add(() => shared.stop());
  const clock = shared.now;
  const newId = createNewId(() => clock().getTime());
  const replica = openReplica(config, log, shutdown);
  const watch = replica && createReplicaWatch({ primary: sql, replica, clock, log });
  watch?.start();
  shutdown.add(async () => watch?.stop());
  const routing = createReadRouting({ primary: sql, replica, watch, clock });
  const metrics = createMetrics(() => readDatabaseFigures(sql, CRM_BUCKETS));
  showPools({ main: sql, lookups, pages: replica }, metrics);
  const readiness = () => isReady(sql);
  const board = await startJobBoard({ url: directUrl, log, supervises: has("worker") });
  shutdown.add(() => board.stop());

  const secretKey = await loadSecretKey(config);
  const hearing = createHearing({ url: directUrl, log });
  shutdown.add(() => hearing.stop());
  const live = openLive(
    { sql, hearing, config, clock, log, metrics, server: listening.server },
    shutdown,
  );
  const workers: { current: Workers | null } = { current: null };
  const caller = createJobCaller({ sql, log });
  shutdown.add(() => caller.stop());
  const work: WorkDependencies & { board: JobBoard } = {
    sql,
    board,
    // A process that has workers of its own wakes them; the others call those that have.
    onCommitted: (woken) => {
      for (const name of woken) {
        if (name === "live") live.poke();
        else if (has("worker")) workers.current?.wake(name);
        else caller.call(name);
      }
    },
    ...(replica ? { noteWrite: routing.noteWrite } : {}),
    clock,
    newId,
  };
  const demo = await openDemoCrm(config, shutdown);
  const telegram = await openTelegram(config, listening.url, demo, shutdown);
  const crm = createCrm({
    ...work,
    asActor: createAsActor(work),
    secretKey,
    publicUrl: telegram.publicUrl,
    // The demo's portal is on this machine, and nobody else's chat is.
    arePrivateHostsAllowed: config.allowPrivateCrmHosts || demo !== null,
    ...measureCrm(metrics),
    log,
  });
  shutdown.add(async () => crm.close());
  /** People also reach the CRMs themselves. */
  const served = { ...work, crm: crm.reach };
  const demoParts = { crm, asActor: createAsActor(served), log };
  await demo?.resume(demoParts);
  const tables = createTableReader();
  shutdown.add(() => tables.close());
  const bot = createBot({
    token: telegram.token,
    updates: measureUpdates(
      createUpdates({
        ...served,
        log,
        onCompany: (owner) => void demo?.connect(demoParts, owner),
      }),
      metrics,
    ),
    tables,
    config: telegram,
    log,
    now: clock,
    newId,
  });
  const webhook =
    config.telegram.mode === "webhook"
      ? {
          secret:
            config.telegram.webhookSecret ??
            deriveKey(secretKey, "telegram webhook").toString("base64url"),
          handle: (update: Update) => bot.handleUpdate(update),
        }
      : null;

  if (has("bot") || has("web")) await bot.init();
  if (has("worker")) {
    const lives = { worker, lockOn: pools.direct };
    const started = startJobs({ work, lives, bot, telegram, crm, metrics, log, shutdown });
    workers.current = started;
    hearJobCalls(hearing, (queue) => started.wake(queue));
    await Promise.all([
      scheduleCrmJobs(board.boss),
      scheduleReminders(board.boss),
      scheduleRetention(board.boss),
    ]);
  }
  if (has("bot")) await startBot(bot, config, webhook?.secret ?? "", log, shutdown);
  if (has("web")) {
    const app = createApp({
      services: createAsActor(served),
      sessions: createSessionStore(lookups),
      browserSessions: createBrowserSessions(sql, clock),
      tables,
      clientDoor: createClientDoor(work, lookups),
      telegram: { botToken: telegram.token, webhook },
      crm: crm.door,
      manager: {
        sessions: createManagerSessions(sql, clock),
        read: createAsReader({ ...routing, clock }),
        orderExport: createOrderExport(work),
      },
      config: {
        miniappDirectory: join(projectRoot, "miniapp/dist"),
        simulatorOrigin: telegram.simulatorUrl,
        botUsername: bot.username(),
        isSecure: config.publicUrl?.startsWith("https://") ?? false,
        publicUrl: telegram.publicUrl,
      },
      metrics,
      log,
      clock,
      readiness,
    });
    listening.open((request) => app.fetch(request));
  } else {
    const health = createHealthApp({ metrics, readiness, log });
    listening.open((request) => health.fetch(request));
  }
  // Nobody should be answered by what has stopped already.
  shutdown.addIntake(() => listening.drain(SHUTDOWN.work));
  log.info({ roles: config.roles, telegram: config.telegram.mode }, "smetka is ready");
  if (has("bot") || has("web")) {
    const warming = startWarming(log);
    shutdown.addIntake(() => warming.stop());
  }
  return telegram.simulatorUrl ?? config.publicUrl ?? listening.url;
}

interface OpenTelegram {
  readonly token: string;
  readonly apiRoot: string;
  readonly publicUrl: string | null;
  readonly miniAppUrl: string | null;
  readonly allowInsecureMiniApp: boolean;
  readonly simulatorUrl: string | null;
}

async function openDemoCrm(config: Config, shutdown: Shutdown): Promise<DemoCrm | null> {
  if (config.telegram.mode !== "simulator") return null;
  const port = config.http.port === 0 ? 0 : config.http.port + 2;
  const { startDemoCrm } = await loadDemo();
  const demo = await startDemoCrm({ dataDir: config.dataDir, port });
  shutdown.add(() => demo.close());
  return demo;
}

async function openTelegram(
  config: Config,
  ownUrl: string,
  demoCrm: DemoCrm | null,
  shutdown: Shutdown,
): Promise<OpenTelegram> {
  if (config.telegram.mode !== "simulator") {
    const { token, apiRoot } = config.telegram;
    const miniAppUrl = config.publicUrl ? `${config.publicUrl}/app/` : null;
    return {
      token,
      apiRoot,
      publicUrl: config.publicUrl,
      miniAppUrl,
      allowInsecureMiniApp: false,
      simulatorUrl: null,
    };
  }
  const port = config.http.port === 0 ? 0 : config.http.port + 1;
  const neighbour = demoCrm && { name: "Битрикс24 для пробы", path: "/bitrix24", url: demoCrm.url };
  const { startDemoTelegram } = await loadDemo();
  const demo = await startDemoTelegram({ dataDir: config.dataDir, port, neighbour });
  shutdown.add(() => demo.close());
  const publicUrl = config.publicUrl ?? ownUrl;
  return {
    token: demo.token,
    apiRoot: demo.url,
    publicUrl,
    miniAppUrl: `${publicUrl}/app/`,
    allowInsecureMiniApp: true,
    simulatorUrl: demo.url,
  };
}

function startJobs(parts: {
  work: WorkDependencies & { board: JobBoard };
  lives: Pick<WorkerOptions, "worker" | "lockOn">;
  bot: ChatBot;
  telegram: OpenTelegram;
  crm: Crm;
  metrics: Metrics;
  log: Logger;
  shutdown: Shutdown;
}): Workers {
  const { work, lives, bot, telegram, crm, metrics, log, shutdown } = parts;
  const { board, sql } = work;
  const { publicUrl } = telegram;
  const notify = createTelegramNotify({
    sql,
    botId: Number(telegram.token.split(":")[0]),
    send: measureSending(
      createNotificationSending({
        api: createSendingApi(telegram),
        sql,
        asActor: createAsActor(work),
      }),
      metrics,
    ),
    log,
  });
  const renderer = createDocumentRenderer();
  shutdown.add(() => renderer.close());
  const deadLetters = createDeadLetters({ ...work, log });
  const listRenderer = createListRenderer();
  shutdown.add(() => listRenderer.close());
  const workers = startWorkers({
    ...lives,
    sql,
    onDeath: () => deadLetters.wake(),
    board,
    metrics,
    log,
    handlers: {
      "document.render": createDocumentRendering({
        sql,
        renderer,
        delivery: createDelivery(bot.api, log),
        publicUrl,
        log,
      }),
      "retention.daily": createRetention({ sql, clock: work.clock, log }),
      "manager.export": createManagerExport({ sql, renderer: listRenderer, log }),
      "catalogue.learn": createCatalogueLearning({ sql, newId: work.newId }),
      ...createCrmJobs({
        ...crm.dependencies,
        chat: createCrmChat(bot.api, log),
        sources: createPushSources({ ...crm.dependencies, ...crm, renderer, publicUrl }),
      }),
      "reminders.hourly": createReminders({ ...work, log }),
      "telegram.notify": notify.handle,
    },
  });
  shutdown.addIntake(() => workers.stop(SHUTDOWN.work));
  deadLetters.start();
  shutdown.addIntake(() => deadLetters.stop());
  notify.start();
  shutdown.addIntake(() => notify.stop());
  const indexing = createSearchIndexing({ sql, log });
  indexing.start();
  shutdown.addIntake(() => indexing.stop());
  return workers;
}

async function startBot(
  bot: ChatBot,
  config: Config,
  secret: string,
  log: Logger,
  shutdown: Shutdown,
): Promise<void> {
  if (config.telegram.mode === "webhook") {
    await bot.setWebhook({ url: `${config.telegram.publicUrl}/telegram/webhook`, secret });
    return;
  }
  shutdown.addIntake(() => bot.stop());
  void bot.startPolling().catch(async (error: unknown) => {
    log.fatal({ err: error }, "Telegram does not let the bot take updates");
    tell("Telegram не принимает бота: проверьте BOT_TOKEN и не запущен ли он где-то ещё.");
    await shutdown.run();
    process.exit(1);
  });
}

async function isReady(sql: Sql): Promise<boolean> {
  await sql`select 1`;
  return true;
}

/** For the person at the terminal; programs read the log. */
function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

async function main(): Promise<void> {
  const read = readConfig(environment());
  if (!read.ok) {
    for (const problem of read.problems) tell(problem);
    process.exit(1);
  }
  const shutdown = createShutdown();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      void shutdown.run().then(() => process.exit(0));
    });
  }
  try {
    const address = await start(read.config, shutdown);
    if (read.config.telegram.mode === "simulator") {
      tell(`\nСмётка работает. Откройте в браузере: ${address}\n`);
      tell(`Остановить: Ctrl+C. Журнал: ${logFile(read.config)}`);
    }
    // Node itself does so only at a regular end, and the start after a kill -9 would take nearly a second more.
    flushCompileCache();
  } catch (error) {
    await shutdown.run();
    if (!(error instanceof StartupError)) throw error;
    tell(error.message);
    process.exit(1);
  }
}

await main();
