import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../bot/simulator/simulator.ts";
import { createTestDatabase, type TestDatabase } from "../db/testing.ts";
import { signInitData } from "./auth/init_data.ts";
import { findPooler, type Pooler, startPooler } from "./testing_pooler.ts";
import { type Program, startProgram } from "./testing_program.ts";

const TOKEN = "5000000003:AA-a-token-of-many-processes";
const SECRET_KEY = "a secret key that all of the processes share";
const pooler = findPooler();

describe.each([
  ["one PostgreSQL", true],
  [`PgBouncer in transaction mode (${pooler ?? "not on this machine"})`, pooler !== null],
])("web, bot and worker as processes of their own on %s", (name, isHere) => {
  let database: TestDatabase;
  let telegram: Simulator;
  let pool: Pooler | null = null;
  let folder: string;
  const programs: Program[] = [];

  beforeAll(async () => {
    if (!isHere) return;
    folder = await mkdtemp(join(tmpdir(), "smetka-roles-"));
    database = await createTestDatabase();
    telegram = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
    const { url: apiRoot } = await telegram.listen({ port: 0 });
    if (name.startsWith("PgBouncer")) pool = await startPooler(database.url, pooler ?? "");
    const shared = {
      BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
      SECRET_KEY,
      DATA_DIR: folder,
      DATABASE_URL: pool?.url ?? database.url,
      ...(pool ? { DATABASE_DIRECT_URL: database.url } : {}),
    };
    for (const role of ["worker", "bot", "web", "web"]) {
      programs.push(await startProgram({ ...shared, ROLES: role }));
    }
    await Promise.all(programs.map((program) => program.ready()));
  });

  afterAll(async () => {
    if (!isHere) return;
    for (const program of programs) await program.end("SIGKILL");
    await pool?.stop();
    await telegram.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it.runIf(isHere)("lead a foreman from the chat to his PDF and the Mini App", async () => {
    const foreman = telegram.person({ id: 601, firstName: "Алексей" });
    foreman.start();
    await foreman.waitFor("Как называется ваша компания");
    foreman.sendText("Бригада");
    await foreman.waitFor("Готово");
    foreman.command("new");
    await foreman.waitFor("Для какого объекта смета?");
    foreman.press("Без объекта");
    await foreman.waitFor("Пришлите работы");
    foreman.sendText("Стяжка 10 м2 900");
    await foreman.waitFor("Понятно");
    foreman.press("✅ Добавить 1 строку");
    await foreman.waitFor(/СМ-\d{4}-0001 · черновик/);
    foreman.press("📄 PDF");
    const file = await foreman.waitFor((message) => message.document !== undefined);
    expect(file.document?.file_name).toMatch(/\.pdf$/);

    await telegram.settle();
    const [first, second] = programs.slice(2);
    const { token } = await openSession(first?.url ?? "", 601);
    // A session of one process is one of them all.
    const list = await fetch(`${second?.url}/api/v1/estimates`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(JSON.stringify(await list.json())).toContain("9000.00");
  });

  it.runIf(isHere)("tell each of their own work and all of the common queues", async () => {
    const [worker, bot, web] = await Promise.all(programs.map(readMetrics));
    expect(worker).toContain('smetka_job_seconds_count{name="document.render",outcome="done"}');
    expect(bot).toContain('smetka_update_seconds_count{name="telegram",outcome="done"}');
    expect(web).toContain('smetka_request_seconds_count{name="/api/v1/session"');
    for (const text of [worker, bot, web]) expect(text).toContain("smetka_database_up 1");
  });

  it.runIf(isHere)("warm up the reader of lists where people send some", async () => {
    const [worker, ...others] = programs;
    const isWarm = (program: Program): boolean =>
      program.output().includes("the reader of lists is warm");
    await expect.poll(() => others.map(isWarm), { timeout: 60_000 }).toEqual([true, true, true]);
    expect(worker && isWarm(worker)).toBe(false);
  });

  it.runIf(isHere)("end in peace when they are asked to", async () => {
    const codes = await Promise.all(programs.map((program) => program.end("SIGTERM")));
    expect(codes).toEqual([0, 0, 0, 0]);
  });
});

async function readMetrics({ url }: Program): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

async function openSession(url: string, telegramId: number): Promise<{ token: string }> {
  const pairs: [string, string][] = [
    ["user", JSON.stringify({ id: telegramId, first_name: "Алексей" })],
    ["auth_date", String(Math.floor(Date.now() / 1000))],
  ];
  const hash = signInitData(pairs, TOKEN).toString("hex");
  const initData = new URLSearchParams([...pairs, ["hash", hash]]).toString();
  const answer = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { Authorization: `tma ${initData}` },
  });
  return (await answer.json()) as { token: string };
}
