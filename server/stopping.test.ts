import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../bot/simulator/simulator.ts";
import { createTestDatabase, type TestDatabase } from "../db/testing.ts";
import { inTransaction } from "../db/transactions.ts";
import { LIVE_CLOSE } from "../domain/live.ts";
import { signInitData } from "./auth/init_data.ts";
import { type Program, startProgram } from "./testing_program.ts";

const TOKEN = "5000000004:AA-a-token-of-processes-that-stop";
/** Processes by their roles; the one that people reach is the last. */
const SPLITS = [["worker", "bot", "web"], ["web,bot,worker"]] as const;
/** From being asked to being gone. Whoever stops a process kills it after 12 s (docker-compose.yml). */
const IN_TIME = 10_000; // ms
const PEOPLE = 6;
const REQUESTS = 12;

let database: TestDatabase;
let telegram: Simulator;
let folder: string;
let variables: Record<string, string>;
const programs: Program[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "smetka-stopping-"));
  database = await createTestDatabase();
  telegram = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
  const { url } = await telegram.listen({ port: 0 });
  variables = {
    BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: url,
    SECRET_KEY: "a secret key that all of the processes share",
    DATA_DIR: folder,
    DATABASE_URL: database.url,
  };
});

afterEach(async () => {
  for (const program of programs.splice(0)) await program.end("SIGKILL");
  await telegram.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function startAll(split: readonly string[]): Promise<Program[]> {
  const started: Program[] = [];
  for (const roles of split) started.push(await startProgram({ ...variables, ROLES: roles }));
  programs.push(...started);
  await Promise.all(started.map((program) => program.ready()));
  return started;
}

/** What has not ended in time is killed, and shows by its exit code, which is null. */
async function stop(program: Program): Promise<number | null> {
  const patience = new AbortController();
  void sleep(IN_TIME, undefined, { signal: patience.signal }).then(
    () => program.end("SIGKILL"),
    () => undefined,
  );
  const code = await program.end("SIGTERM");
  patience.abort();
  return code;
}

async function openSession(url: string, telegramId: number): Promise<string> {
  const pairs: [string, string][] = [
    ["user", JSON.stringify({ id: telegramId, first_name: "Алексей" })],
    ["auth_date", String(Math.floor(Date.now() / 1000))],
  ];
  const hash = signInitData(pairs, TOKEN).toString("hex");
  const answer = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { Authorization: `tma ${new URLSearchParams([...pairs, ["hash", hash]])}` },
  });
  return ((await answer.json()) as { token: string }).token;
}

/** A socket that is signed in; how it is closed comes later. */
async function openSocket(url: string, token: string): Promise<{ closed: Promise<number> }> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/live`);
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
  await new Promise<void>((resolve) => {
    socket.addEventListener("open", () =>
      socket.send(JSON.stringify({ type: "hello", token, lists: true })),
    );
    socket.addEventListener("message", () => resolve());
  });
  return { closed };
}

/** Null: no answer, as when the process goes. */
async function addClient(url: string, token: string, index: number): Promise<number | null> {
  const body = { name: `Заказчик ${index}`, kind: "person", phones: [], emails: [] };
  try {
    const answer = await fetch(`${url}/api/v1/clients`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        "Idempotency-Key": `client-${index}`,
      },
      body: JSON.stringify({ ...body, inn: "", address: "", note: "" }),
    });
    return answer.status;
  } catch {
    return null;
  }
}

/** Requests that wait for the lock on the clients. */
async function countHeldUp(): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count
    from pg_locks
    where relation = 'clients'::regclass and not granted
      and database = (select oid from pg_database where datname = current_database())
  `;
  return row?.count ?? 0;
}

it.each(SPLITS.map((split) => ({ split, names: split.join(" + ") })))(
  "processes ($names) that are stopped at full work lose nothing and end within ten seconds",
  { timeout: 240_000 },
  async ({ split }) => {
    const running = await startAll(split);
    const url = running.at(-1)?.url ?? "";
    const foreman = telegram.person({ id: 701, firstName: "Алексей" });
    foreman.start();
    await foreman.waitFor("Как называется ваша компания");
    foreman.sendText("Бригада Алексея");
    await foreman.waitFor("Готово");
    foreman.command("new");
    await foreman.waitFor("Для какого объекта смета?");
    foreman.press("Без объекта");
    await foreman.waitFor("Пришлите работы");
    foreman.sendText("Стяжка 10 м2 900");
    await foreman.waitFor("Понятно");
    foreman.press("✅ Добавить 1 строку");
    await foreman.waitFor(/СМ-\d{4}-0001 · черновик/);
    const newcomers = Array.from({ length: PEOPLE }, (_, index) =>
      telegram.person({ id: 710 + index, firstName: `Мастер ${index}` }),
    );
    for (const person of newcomers) person.start();
    for (const person of newcomers) await person.waitFor("Как называется ваша компания");
    await telegram.settle();
    const token = await openSession(url, 701);
    const sockets = await Promise.all(Array.from({ length: 5 }, () => openSocket(url, token)));

    // A job and some updates that Telegram lets wait for ever.
    telegram.faults.next("sendDocument", { kind: "silence" });
    foreman.press("📄 PDF");
    await telegram.calls.waitFor("sendDocument");
    telegram.faults.next("sendMessage", { kind: "silence" }, 3);
    newcomers.forEach((person, index) => person.sendText(`Бригада ${index} из многих`));
    // Requests that are in the middle of their work when the end comes, and get on with it a second later.
    const requests: Promise<number | null>[] = [];
    const { ending } = await inTransaction(database.sql, async (tx) => {
      await tx`lock table clients in share mode`;
      for (let index = 0; index < REQUESTS; index += 1) {
        requests.push(addClient(url, token, index));
      }
      await expect.poll(countHeldUp, { timeout: 20_000 }).toBe(REQUESTS);
      const codes = Promise.all(running.map(stop));
      await sleep(1_000);
      return { ending: codes };
    });
    expect(await ending).toEqual(split.map(() => 0));
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual(
      sockets.map(() => LIVE_CLOSE.restart),
    );
    const answered = await Promise.all(requests);
    telegram.faults.clear();

    const nextUrl = (await startAll(split)).at(-1)?.url ?? "";
    for (const person of newcomers) await person.waitFor("Готово");
    await foreman.waitFor((message) => message.document !== undefined);
    await telegram.settle();
    const { sql } = database;
    const companies = await sql`
      select name from companies where name like '% из многих' order by name
    `;
    expect(companies.map((row) => String(row["name"]))).toEqual(
      newcomers.map((_, index) => `Бригада ${index} из многих`),
    );
    expect(foreman.messages().filter((message) => message.document)).toHaveLength(1);
    expect(answered).toEqual(answered.map(() => 201));
    // What was answered is there; what is sent again under its key makes nothing twice.
    const names = async () => {
      const rows = await sql`select name from clients where name like 'Заказчик %'`;
      return rows.map((row) => String(row["name"]));
    };
    expect(await names()).toHaveLength(REQUESTS);
    const again = await Promise.all(answered.map((_, index) => addClient(nextUrl, token, index)));
    expect(new Set(again)).toEqual(new Set([201]));
    expect((await names()).toSorted()).toEqual(answered.map((_, i) => `Заказчик ${i}`).toSorted());
    const left = await sql`
      select name from pgboss.job where state = 'active' and name = 'document.render'
    `;
    expect(left).toEqual([]);
  },
);
