import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../bot/simulator/simulator.ts";
import { readClusterLocation } from "../db/embedded_location.ts";
import { stopOrphan } from "../db/embedded.ts";
import { createTestDatabase, type TestDatabase } from "../db/testing.ts";
import { listServerProcesses } from "../db/testing_processes.ts";
import { findFreePort, type Program, startProgram } from "./testing_program.ts";

const TOKEN = "5000000002:AA-a-real-looking-token";
const running = new Set<Program>();
const folders: string[] = [];

async function start(variables: Record<string, string>): Promise<Program> {
  const program = await startProgram(variables);
  running.add(program);
  return program;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "smetka-program-"));
  await chmod(folder, 0o711);
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const program of running) await program.end("SIGKILL");
  running.clear();
});

afterAll(async () => {
  for (const folder of folders) {
    const cluster = await readClusterLocation(folder);
    await stopOrphan(folder);
    await rm(cluster, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
});

describe("the program on an embedded database", () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await makeFolder();
  });

  it("starts with nothing set, tells one address, and ends every child on Ctrl-C", async () => {
    const program = await start({ DATA_DIR: dataDir });
    await program.ready();
    expect(program.output().match(/http:\/\/\S+/g)).toHaveLength(1);
    const address = /http:\/\/\S+/.exec(program.output())?.[0] ?? "";
    expect(await (await fetch(address)).text()).toContain("Telegram");
    const cluster = await readClusterLocation(dataDir);
    expect((await listServerProcesses(cluster)).length).toBeGreaterThan(1);

    expect(await program.end("SIGINT")).toBe(0);
    expect(await listServerProcesses(cluster)).toEqual([]);
  });

  it("finds its data again, also after a kill -9 that left the database server alone", async () => {
    const first = await start({ DATA_DIR: dataDir });
    await first.ready();
    const secret = await readFile(join(dataDir, "secret.key"), "utf8");
    const cluster = await readClusterLocation(dataDir);
    const before = await listServerProcesses(cluster);
    await first.end("SIGKILL");
    expect((await listServerProcesses(cluster)).length).toBeGreaterThan(0);

    const second = await start({ DATA_DIR: dataDir });
    await second.ready();
    expect(await readFile(join(dataDir, "secret.key"), "utf8")).toBe(secret);
    // The orphan was adopted, not started anew.
    expect(await listServerProcesses(cluster)).toContain(before[0]);
    expect(await second.end("SIGTERM")).toBe(0);
    expect(await listServerProcesses(cluster)).toEqual([]);
  });

  it("keeps what it compiled as soon as it is ready, for the start after a kill -9", async () => {
    const cache = join(await makeFolder(), "compiled");
    const program = await start({ DATA_DIR: dataDir, NODE_COMPILE_CACHE: cache });
    await program.ready();
    const countKept = async () => (await readdir(cache, { recursive: true })).length;
    await expect.poll(countKept, { timeout: 30_000 }).toBeGreaterThan(1000);
    await program.end("SIGKILL");
  });
});

describe("the program that can't start", () => {
  it("names a taken port, ends with code 1 and leaves nothing running", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address ? String(address.port) : "";
    const dataDir = await makeFolder();
    const program = await start({ DATA_DIR: dataDir, PORT: port });
    expect(await program.ended).toBe(1);
    expect(program.output().trim()).toMatch(new RegExp(`^Порт ${port} уже занят[^\\n]+$`));
    expect(await listServerProcesses(await readClusterLocation(dataDir))).toEqual([]);
    taken.close();
  });

  it.each([
    ["PORT", { PORT: "много" }, /^PORT должен быть числом/],
    ["ROLES", { ROLES: "web,cook" }, /^ROLES — список/],
    ["DATABASE_URL", { DATABASE_URL: "mysql://localhost/x" }, /^DATABASE_URL не похож/],
    ["BOT_TOKEN", { BOT_TOKEN: "secret-nonsense" }, /^BOT_TOKEN не похож/],
  ])("names a bad %s without its value", async (_, variables, sentence) => {
    const program = await start(variables);
    expect(await program.ended).toBe(1);
    expect(program.output().trim()).toMatch(sentence);
    expect(program.output()).not.toContain("secret-nonsense");
    expect(program.output().trim().split("\n")).toHaveLength(1);
  });

  it("names a database that does not answer, without the password", async () => {
    const port = await findFreePort();
    const program = await start({
      DATABASE_URL: `postgres://smetka:very-secret@127.0.0.1:${port}/smetka`,
      DATA_DIR: await makeFolder(),
    });
    expect(await program.ended).toBe(1);
    expect(program.output().trim().split("\n")).toHaveLength(1);
    expect(program.output()).toMatch(/PostgreSQL/);
    expect(program.output()).not.toContain("very-secret");
  });

  it("names a data folder that is broken", async () => {
    const dataDir = await makeFolder();
    await mkdir(join(dataDir, "postgres"));
    await writeFile(join(dataDir, "postgres", "PG_VERSION"), "12\n");
    const program = await start({ DATA_DIR: dataDir });
    expect(await program.ended).toBe(1);
    expect(program.output().trim().split("\n")).toHaveLength(1);
    expect(program.output()).toMatch(/[а-я]/);
  });
});

describe("the program with a real bot token", () => {
  let database: TestDatabase;
  let telegram: Simulator;
  let apiRoot: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    telegram = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
    ({ url: apiRoot } = await telegram.listen({ port: 0 }));
  });

  afterAll(async () => {
    await telegram.close();
    await database.drop();
  });

  it("takes updates by polling from TELEGRAM_API_ROOT and answers there", async () => {
    const program = await start({
      BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
      DATABASE_URL: database.url,
      DATA_DIR: await makeFolder(),
    });
    await program.ready();
    const foreman = telegram.person({ id: 501, firstName: "Алексей" });
    foreman.start();
    await foreman.waitFor("Как называется ваша компания");
    foreman.sendText("Бригада");
    await foreman.waitFor(/Готово/);
    // Without https Telegram refuses Mini Apps: the bot does not even try.
    expect(JSON.stringify(telegram.calls.of("sendMessage"))).not.toContain("web_app");
    expect(await program.end("SIGTERM")).toBe(0);
  });

  it("takes updates by webhook, checks the secret, and goes on where polling stopped", async () => {
    const port = await findFreePort();
    const program = await start({
      BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
      TELEGRAM_MODE: "webhook",
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      PORT: String(port),
      DATABASE_URL: database.url,
      DATA_DIR: await makeFolder(),
    });
    await program.ready();
    const foreman = telegram.person({ id: 501, firstName: "Алексей" });
    foreman.command("new");
    await foreman.waitFor("Для какого объекта смета?");
    const forged = await fetch(`${program.url}/telegram/webhook`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-Telegram-Bot-Api-Secret-Token": "wrong",
      },
      body: JSON.stringify({ update_id: 1 }),
    });
    expect(forged.status).toBe(401);
    expect(await program.end("SIGTERM")).toBe(0);
  });

  it("ends on SIGTERM in the middle of an update, which takes effect once", async () => {
    const port = await findFreePort();
    const variables = {
      BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
      TELEGRAM_MODE: "webhook",
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      PORT: String(port),
      DATABASE_URL: database.url,
      DATA_DIR: await makeFolder(),
    };
    const first = await start(variables);
    await first.ready();
    const foreman = telegram.person({ id: 502, firstName: "Мария" });
    foreman.start();
    await foreman.waitFor("Как называется ваша компания");
    foreman.sendText("Бригада Марии");
    await foreman.waitFor(/Готово/);
    await telegram.settle();
    const before = telegram.calls.of("sendMessage").length;
    telegram.faults.next("sendMessage", { kind: "slow", ms: 2000 });
    foreman.sendText("Стяжка Марии 10 м2 900");
    await expect.poll(() => telegram.calls.of("sendMessage").length).toBe(before + 1);
    expect(await first.end("SIGTERM")).toBe(0);

    const next = await start(variables);
    await next.ready();
    await foreman.waitFor("Понятно: 1 строка");
    await telegram.settle();
    const kept = await database.sql`
      select text from kept_lists where text like 'Стяжка Марии%'
    `;
    expect(kept).toHaveLength(1);
  });
});
