import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../bot/simulator/simulator.ts";
import { createTestDatabase, type TestDatabase } from "../db/testing.ts";
import { insertSession } from "../db/sessions.ts";
import { makeToken } from "./auth/tokens.ts";
import { LiveClient, LONG } from "./live/testing_live.ts";
import { newId } from "./new_id.ts";
import { type Ear, startEar } from "./testing_hearing.ts";
import { type Program, startProgram } from "./testing_program.ts";

const TOKEN = "5000000005:AA-a-token-of-processes-that-listen";

let database: TestDatabase;
let telegram: Simulator;
let folder: string;
const programs: Program[] = [];
const ears: Ear[] = [];
let nextPerson = 800;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smetka-listening-"));
  database = await createTestDatabase();
  telegram = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
  const { url: apiRoot } = await telegram.listen({ port: 0 });
  for (const roles of ["web,bot,worker", "web", "worker"]) {
    const ear = await startEar(database.url, database.sql);
    ears.push(ear);
    const program = await startProgram({
      BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
      SECRET_KEY: "a secret key that all of the processes share",
      DATA_DIR: folder,
      DATABASE_URL: ear.proxy.url,
      ROLES: roles,
    });
    programs.push(program);
    await program.ready();
  }
}, 180_000);

afterAll(async () => {
  for (const program of programs) await program.end("SIGKILL");
  for (const { proxy } of ears) proxy.close();
  await telegram.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The owner of a new company, and the token of his session. */
async function signIn(): Promise<string> {
  // Somebody else at each attempt of the test.
  nextPerson += 1;
  const owner = telegram.person({ id: nextPerson, firstName: "Алексей" });
  owner.start();
  await owner.waitFor("Как называется ваша компания");
  owner.sendText("Бригада Алексея");
  await owner.waitFor("Готово");
  await telegram.settle();
  const [row] = await database.sql`
    select company_id, user_id
    from memberships
    where user_id = (select user_id from telegram_users where telegram_id = ${nextPerson})
  `;
  const token = makeToken();
  await insertSession(database.sql, token, {
    companyId: String(row?.["company_id"]),
    userId: String(row?.["user_id"]),
    kind: "miniapp",
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  return token;
}

it("a process of all roles listens over one connection, and goes on when it is ended", async () => {
  const [all, web, worker] = ears;
  const channels = async (ear: Ear | undefined) => [...((await ear?.listening()) ?? []).values()];
  await expect.poll(() => channels(all), LONG).toEqual([["smetka_jobs", "smetka_live"]]);
  // Who needs only one channel listens only to that.
  await expect.poll(() => channels(web), LONG).toEqual([["smetka_live"]]);
  await expect.poll(() => channels(worker), LONG).toEqual([["smetka_jobs"]]);

  const token = await signIn();
  const [first, second] = programs;
  const post = async (path: string, body?: unknown) => {
    const answer = await fetch(`${second?.url}/api/v1${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as { id: string };
  };
  const { id } = await post("/estimates", { projectId: null });
  const client = new LiveClient(`${first?.url.replace("http", "ws")}/api/v1/live`);
  await client.opened;
  client.send({ type: "hello", token });
  await client.ready();
  await client.watch(id, 1);

  expect(await all?.cut()).toBe(1);
  await expect.poll(() => channels(all), LONG).toEqual([["smetka_jobs", "smetka_live"]]);
  const before = ["smetka_jobs", "smetka_live"].map((channel) => all?.calls(channel) ?? 0);
  // Both happen at the other process.
  const change = { id: newId(), type: "estimate.set", set: { note: "Ключ под ковриком" } };
  await post(`/estimates/${id}/changes`, { baseVersion: null, changes: [change] });
  await expect.poll(() => client.versions(id), LONG).toEqual([2]);
  const { id: documentId } = await post(`/estimates/${id}/documents/pdf`);
  await expect
    .poll(() => client.events(), LONG)
    .toContainEqual(expect.objectContaining({ documentId, status: "ready" }));
  // What was missed is read after a cut, too, maybe before the call comes.
  await expect.poll(() => all?.calls("smetka_jobs"), LONG).toBeGreaterThan(before[0] ?? 0);
  await expect.poll(() => all?.calls("smetka_live"), LONG).toBeGreaterThan(before[1] ?? 0);
  expect((await all?.listening())?.size).toBe(1);
  client.socket.close();
}, 120_000);
