import { appendFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { insertCompany } from "../../db/companies.ts";
import { insertMembership } from "../../db/memberships.ts";
import type { Actor, Role } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { type Bitrix24Fake, createBitrix24Fake } from "../../server/crm/bitrix24/fake/portal.ts";
import { createRealClock } from "../../server/crm/fake/clock.ts";
import { newId } from "../../server/new_id.ts";
import { findFreePort, type Program, startProgram } from "../../server/testing_program.ts";
import { type BreakableDatabase, startBreakableDatabase } from "./database.ts";
import { openDoor, type Door } from "./door.ts";
import { runCommand } from "./command.ts";
import { createRandom, type Random } from "./random.ts";

export type Person = ReturnType<Simulator["person"]>;

/** Somebody of the company: in the chat, and with a program that talks to the API. */
export interface Member {
  readonly actor: Actor;
  readonly person: Person;
  /** On the first web process; asks again while nobody answers. */
  readonly door: Door;
  /** On another address. */
  readonly doorAt: (url: string) => Door;
}

export type ProgramName = "worker" | "bot" | "web" | "worker 2" | "web 2";

/** The real program as several processes, with everything around it that may break. */
export interface Stage {
  readonly random: Random;
  readonly telegram: Simulator;
  readonly portal: Bitrix24Fake;
  readonly database: BreakableDatabase;
  readonly companyId: Id;
  /** As it was printed when the CRM was connected. */
  readonly crmAddress: string;
  readonly manager: Member;
  readonly foremen: readonly Member[];
  /** How updates come: `start` gives it to every process from then on. */
  mode: "polling" | "webhook";
  readonly webhookSecret: string;
  urlOf(name: ProgramName): string;
  /** `root`: another version of the program. */
  start(name: ProgramName, extra?: Readonly<Record<string, string>>, root?: string): Promise<void>;
  /** One that is meant to die: `watch` leaves it alone. Returns what tells whether it did. */
  startMortal(name: ProgramName, extra: Readonly<Record<string, string>>): Promise<() => boolean>;
  /** Null where it does not run. Resolves when it is gone. */
  end(name: ProgramName, signal: NodeJS.Signals): Promise<number | null>;
  /** Process ids of what runs now. */
  running(): ReadonlyMap<ProgramName, number>;
  /** Lets somebody else into the company, who is in the chat from now on. */
  enlist(role: Role): Promise<Member>;
  /** What every process is told, for commands that run beside them. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the manager was sent since she was greeted. */
  messagesOfManager(): number;
  /** How many answers of Telegram got lost after it had done what was asked, by our own doing. */
  lostAnswers(): number;
  /** The next `times` messages are sent, but nobody hears of it. */
  loseAnswers(times: number): void;
  /** So many messages may come again, or stand in nobody's rows any more. */
  allowAgain(messages: number): void;
  /** How often a process is killed in one fault. */
  readonly kills: number;
  /** Jobs that are meant to be given up. */
  deadLettersExpected: number;
  /** Cuts short what waits before its next attempt: its time is not what is measured here. */
  readonly hasten: () => Promise<void>;
  /** Processes that ended though nobody asked them to, with their last words. */
  ended(): { name: ProgramName; output: string }[];
  close(): Promise<void>;
}

const TOKEN = "5000000007:AA-a-token-of-faults";
const SECRET_KEY = "a secret key that all of the processes share";
const WEBHOOK_SECRET = "secret-of-the-webhook";
/** Of the portal's outgoing webhook. */
export const CRM_TOKEN = "token-of-the-portals-own-webhook";
const ROOT = join(import.meta.dirname, "../..");
const FIRST_PERSON = 920_000_000;
const ROLES: Readonly<Record<ProgramName, string>> = {
  worker: "worker",
  "worker 2": "worker",
  bot: "bot",
  web: "web",
  "web 2": "web",
};

export interface StageOptions {
  readonly seed: number;
  readonly foremen: number;
  readonly kills: number;
  /** The checkout that runs; this one by default. */
  readonly root?: string;
  /** A file to which everything that the processes say is added. */
  readonly logFile?: string | undefined;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { root: ownRoot = ROOT, logFile } = options;
  const folder = await mkdtemp(join(tmpdir(), "smetka-stage-"));
  const database = await startBreakableDatabase(ownRoot);
  const telegram = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
  const { url: apiRoot } = await telegram.listen({ port: 0 });
  const portal = createBitrix24Fake({
    clock: createRealClock(),
    contacts: 0,
    companies: 0,
    options: { burst: 1_000_000 },
  });
  await portal.listen();
  const programs = new Map<ProgramName, Program>();
  const mortal = new Set<ProgramName>();
  let greeted = 0;
  let lost = 0;
  const ports = new Map<ProgramName, number>();
  for (const name of Object.keys(ROLES) as ProgramName[]) ports.set(name, await findFreePort());
  const urlOf = (name: ProgramName): string => `http://127.0.0.1:${ports.get(name)}`;
  let mode: Stage["mode"] = "polling";
  const shared = {
    BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: apiRoot,
    TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
    SECRET_KEY,
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    PUBLIC_URL: urlOf("web"),
    CRM_ALLOW_PRIVATE_HOSTS: "1",
    LOG_LEVEL: "warn",
  };
  const keepWords = (name: ProgramName, program: Program): void => {
    if (logFile) appendFileSync(logFile, `=== ${name}\n${program.output()}`);
  };

  const companyId = newId();
  await tenantTransaction(database.sql, companyId, (tx) =>
    insertCompany(tx, companyId, { name: "Бригада" }),
  );
  let people = 0;
  const enlist = (role: Role): Promise<Member> => {
    people += 1;
    const id = FIRST_PERSON + people;
    return addMember({ database, telegram, companyId, role, id, url: urlOf("web") });
  };
  await enlist("owner");
  const manager = await enlist("manager");
  const foremen: Member[] = [];
  while (foremen.length < options.foremen) foremen.push(await enlist("foreman"));
  const crmAddress = await connectCrm(
    ownRoot,
    { ...shared, TELEGRAM_MODE: "polling" },
    companyId,
    portal.webhookUrl,
  );

  const stage: Stage = {
    random: createRandom(options.seed),
    telegram,
    portal,
    database,
    companyId,
    crmAddress,
    manager,
    foremen,
    enlist,
    environment: shared,
    get mode() {
      return mode;
    },
    set mode(given) {
      mode = given;
    },
    webhookSecret: WEBHOOK_SECRET,
    urlOf,
    start: async (name, extra = {}, root = ownRoot) => {
      const port = String(ports.get(name));
      const program = await startProgram(
        { ...shared, TELEGRAM_MODE: mode, PORT: port, ROLES: ROLES[name], ...extra },
        join(root, "server/main.ts"),
      );
      programs.set(name, program);
      await program.ready();
    },
    startMortal: async (name, extra) => {
      mortal.add(name);
      // It may die before it is ready.
      await stage.start(name, extra).catch(() => undefined);
      const child = programs.get(name)?.process;
      return () => !child || child.exitCode !== null || child.signalCode !== null;
    },
    end: async (name, signal) => {
      mortal.delete(name);
      const program = programs.get(name);
      if (!program) return null;
      programs.delete(name);
      const code = await program.end(signal);
      keepWords(name, program);
      return code;
    },
    running: () =>
      new Map([...programs].map(([name, { process }]) => [name, process.pid ?? 0] as const)),
    messagesOfManager: () => manager.person.messages().length - greeted,
    lostAnswers: () => lost,
    loseAnswers: (times) => {
      lost += times;
      telegram.faults.next("sendMessage", { kind: "reset_after" }, times);
    },
    allowAgain: (messages) => {
      lost += Math.max(0, messages);
    },
    kills: options.kills,
    deadLettersExpected: 0,
    hasten: () => hasten(database),
    ended: () =>
      [...programs]
        .filter(([name]) => !mortal.has(name))
        .filter(([, { process }]) => process.exitCode !== null || process.signalCode !== null)
        .map(([name, program]) => ({ name, output: program.output().slice(-2000) })),
    close: async () => {
      await Promise.all([...programs.values()].map((program) => program.end("SIGKILL")));
      for (const [name, program] of programs) keepWords(name, program);
      await telegram.close();
      await portal.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all((["worker", "bot", "web"] as const).map((name) => stage.start(name)));
    await greet(stage);
  } catch (error) {
    await stage.close();
    throw error;
  }
  greeted = manager.person.messages().length;
  return stage;
}

/** SIGKILL, and a new process at once. */
export async function restart(stage: Stage, name: ProgramName): Promise<void> {
  await stage.end(name, "SIGKILL");
  await stage.start(name);
}

async function addMember(options: {
  database: BreakableDatabase;
  telegram: Simulator;
  companyId: Id;
  role: Role;
  id: number;
  url: string;
}): Promise<Member> {
  const { database, telegram, companyId, role, id, url } = options;
  const { sql } = database;
  const userId = newId();
  const name = role === "manager" ? "Мария" : `Прораб ${id - FIRST_PERSON}`;
  const doorAt = (address: string): Door =>
    openDoor({ url: address, token: TOKEN, telegramId: id, name });
  await sql`insert into users (user_id, name) values (${userId}, ${name})`;
  await sql`
    insert into telegram_users (telegram_id, user_id, first_name, active_company_id)
    values (${id}, ${userId}, ${name}, ${companyId})
  `;
  await tenantTransaction(sql, companyId, (tx) =>
    insertMembership(tx, companyId, { userId, role }),
  );
  const person = telegram.person({ id, firstName: name });
  return {
    actor: { companyId, userId, role },
    person,
    door: doorAt(url),
    doorAt,
  };
}

/** As the owner does it at the command line. Returns where the portal should tell what changed. */
async function connectCrm(
  root: string,
  env: Record<string, string>,
  companyId: Id,
  url: string,
): Promise<string> {
  const words = ["connect", "bitrix24", "--company", companyId, "--url", url];
  const output = await runCommand(root, "crm_command.ts", env, [
    ...words,
    "--application-token",
    CRM_TOKEN,
  ]);
  const address = /https?:\S+\/crm\/bitrix24\/\S+/.exec(output)?.[0];
  if (!address) throw new Error(`no address for the portal's webhook: ${output}`);
  return address;
}

async function greet({ manager, foremen, telegram }: Stage): Promise<void> {
  for (const { person } of [manager, ...foremen]) {
    person.start();
    await person.waitFor(/./, { limitMs: 60_000 });
  }
  while (telegram.updates.pending().length > 0) await sleep(50);
}

async function hasten({ sql }: BreakableDatabase): Promise<void> {
  await sql`
    update pgboss.job
    set start_after = now()
    where state in ('created', 'retry') and start_after > now() and not starts_with(name, '__pgboss')
  `;
  await sql`
    update telegram_notifications
    set not_before = now()
    where status = 'waiting' and not_before > now()
  `;
}
