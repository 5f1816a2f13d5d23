import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { documentedLimits } from "../bot/simulator/sending_limits.ts";
import { createSimulator, type Simulator } from "../bot/simulator/simulator.ts";
import { tenantTransaction } from "../db/transactions.ts";
import { programEnvironment } from "../db/testing_environment.ts";
import { insertCompany } from "../db/companies.ts";
import { insertMembership } from "../db/memberships.ts";
import { putMute } from "../db/notification_mutes.ts";
import { insertSession } from "../db/sessions.ts";
import type { Role } from "../domain/access.ts";
import { startFakeProcess } from "../server/crm/fake/process.ts";
import { makeToken } from "../server/auth/tokens.ts";
import { newId } from "../server/new_id.ts";
import { type Program, readStartFlags, startProgram } from "../server/testing_program.ts";
import type { Person } from "./chat.ts";
import type { Bench } from "./database.ts";

const TOKEN = "5000000006:bench";
const FIRST_PERSON = 850_000_000;
const HOUR = 3_600_000; // ms
const GREETING = 60_000; // ms

/** Somebody of the big customer. */
export interface Worker {
  readonly userId: string;
  readonly person: Person;
  /** Of the Mini App. */
  readonly token: string;
  /** Of the manager's page. */
  readonly cookie: string;
}

/** How much of the day there is: 1 is all of it. */
export interface DaySize {
  readonly foremen: number;
  readonly managers: number;
  readonly changes: number;
  readonly submitted: number;
  readonly files: number;
  readonly pages: number;
  readonly contacts: number;
  /** Milliseconds. */
  readonly length: number;
}

export function sizeOfDay(share: number): DaySize {
  const part = (whole: number): number => Math.max(1, Math.round(whole * share));
  return {
    foremen: part(500),
    // Each submitted estimate is told to all of them.
    managers: 20,
    changes: part(20_000),
    submitted: part(238),
    files: part(200),
    pages: part(50),
    contacts: part(100_000),
    length: 600_000 * share,
  };
}

export interface DayStage {
  readonly companyId: string;
  readonly connectionId: string;
  readonly telegram: Simulator;
  readonly programs: Readonly<Record<"web" | "bot" | "worker", Program>>;
  readonly foremen: readonly Worker[];
  readonly managers: readonly Worker[];
  close(): Promise<void>;
}

/** A company with its people and its portal, and the program as three processes. */
export async function openDay(bench: Bench, size: DaySize): Promise<DayStage> {
  const telegram = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
  const { url: apiRoot } = await telegram.listen({ port: 0 });
  const portal = await startFakeProcess({
    service: "bitrix24",
    contacts: size.contacts,
    options: { burst: 1_000_000 },
  });
  const dataDir = await mkdtemp(join(tmpdir(), "smetka-bench-day-"));
  await chmod(dataDir, 0o711);
  const companyId = newId();
  await tenantTransaction(bench.sql, companyId, (tx) =>
    insertCompany(tx, companyId, { name: "Большой заказчик" }),
  );
  const enlist = async (role: Role, count: number, first: number): Promise<Worker[]> => {
    const workers: Worker[] = [];
    for (let index = 0; index < count; index += 1) {
      const id = FIRST_PERSON + first + index;
      workers.push(await addWorker(bench, telegram, { companyId, role, id }));
    }
    return workers;
  };
  const owners = await enlist("owner", 1, 0);
  const managers = await enlist("manager", size.managers, 1);
  const foremen = await enlist("foreman", size.foremen, 1000);
  const shared = {
    BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: apiRoot,
    SECRET_KEY: "a secret key that all of the processes share",
    DATA_DIR: dataDir,
    DATABASE_URL: bench.url,
    CRM_ALLOW_PRIVATE_HOSTS: "1",
    LOG_LEVEL: "error",
  };
  const connectionId = await connectPortal(shared, companyId, portal.credential);
  const start = (role: string): Promise<Program> =>
    startProgram({ ...shared, ROLES: role }, undefined, readStartFlags());
  const [web, bot, worker] = await Promise.all([start("web"), start("bot"), start("worker")]);
  const programs = { web, bot, worker };
  await Promise.all(Object.values(programs).map((program) => program.ready()));
  await greet([...owners, ...managers, ...foremen]);
  telegram.faults.limitSending(documentedLimits);
  return {
    companyId,
    connectionId,
    telegram,
    programs,
    foremen,
    managers,
    close: async () => {
      await Promise.all(Object.values(programs).map((program) => program.end("SIGTERM")));
      await telegram.close();
      await portal.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Nobody can be written to who never wrote to the bot. */
async function greet(workers: readonly Worker[]): Promise<void> {
  for (const { person } of workers) {
    person.start();
    await person.waitFor(/./, { limitMs: GREETING });
  }
}

async function addWorker(
  { sql }: Bench,
  telegram: Simulator,
  { companyId, role, id }: { companyId: string; role: Role; id: number },
): Promise<Worker> {
  const userId = newId();
  const name = `${role === "foreman" ? "Прораб" : "Начальник"} ${id - FIRST_PERSON}`;
  await sql`insert into users (user_id, name) values (${userId}, ${name})`;
  await sql`
    insert into telegram_users (telegram_id, user_id, first_name, active_company_id)
    values (${id}, ${userId}, ${name}, ${companyId})
  `;
  await tenantTransaction(sql, companyId, async (tx) => {
    await insertMembership(tx, companyId, { userId, role });
    // Nobody reads what five hundred people change; what waits for a decision is told.
    for (const kind of ["created", "changed"]) await putMute(tx, companyId, userId, kind);
  });
  const [token, cookie] = [makeToken(), makeToken()];
  const expiresAt = new Date(Date.now() + 24 * HOUR);
  await insertSession(sql, token, { companyId, userId, kind: "miniapp", expiresAt });
  await insertSession(sql, cookie, { companyId, userId, kind: "manager", expiresAt });
  const person = telegram.person({ id, firstName: name });
  return { userId, person, token, cookie };
}

/** As the owner does it at the command line. */
async function connectPortal(
  variables: Readonly<Record<string, string>>,
  companyId: string,
  url: string,
): Promise<string> {
  const command = join(import.meta.dirname, "../server/crm_command.ts");
  const args = [command, "connect", "bitrix24", "--company", companyId, "--url", url];
  const env = programEnvironment(variables);
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const ids = stdout.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [];
  const connectionId = ids.find((id) => id !== companyId);
  if (connectionId === undefined) throw new Error(`no connection: ${stdout}`);
  return connectionId;
}
