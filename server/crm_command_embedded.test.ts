import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tenantTransaction } from "../db/transactions.ts";
import { connect } from "../db/pools.ts";
import { insertCompany } from "../db/companies.ts";
import { readClusterLocation } from "../db/embedded_location.ts";
import { findRunningDatabase } from "../db/embedded_running.ts";
import { stopOrphan } from "../db/embedded.ts";
import { insertMembership } from "../db/memberships.ts";
import { programEnvironment } from "../db/testing_environment.ts";
import { type FakeProcess, startFakeProcess } from "./crm/fake/process.ts";
import { newId } from "./new_id.ts";
import { type Program, startProgram } from "./testing_program.ts";

const companyId = newId();
let folder: string;
let fake: FakeProcess;
let program: Program;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smetka-crm-beside-"));
  await chmod(folder, 0o711);
  fake = await startFakeProcess({ service: "amocrm", contacts: 30 });
  program = await startProgram({ DATA_DIR: folder });
  await program.ready();
  const url = await findRunningDatabase(folder);
  const log = pino({ level: "silent" });
  const sql = connect({ url: url ?? "", max: 1, applicationName: "test", log });
  const userId = newId();
  await sql`insert into users (user_id, name) values (${userId}, 'Владелец')`;
  await tenantTransaction(sql, companyId, async (tx) => {
    await insertCompany(tx, companyId, { name: "Рядом" });
    await insertMembership(tx, companyId, { userId, role: "owner" });
  });
  await sql.end();
}, 90_000);

afterAll(async () => {
  await program.end("SIGKILL");
  await fake.close();
  const cluster = await readClusterLocation(folder);
  await stopOrphan(folder);
  await rm(cluster, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

/** Only the folder tells it where the data are. */
function run(...args: string[]): Promise<{ code: number; output: string }> {
  const env = programEnvironment({ DATA_DIR: folder, CRM_ALLOW_PRIVATE_HOSTS: "1" });
  const file = join(import.meta.dirname, "crm_command.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}

it("works beside the running program on its embedded database, and alone after it ended", async () => {
  const company = ["--company", companyId] as const;
  const access = ["--domain", fake.url, "--token", fake.credential] as const;
  const connected = await run("connect", "amocrm", ...company, ...access);
  expect(connected).toMatchObject({ code: 0 });
  expect(connected.output).toContain(`компания: ${companyId}`);
  expect(connected.output).not.toContain(fake.credential);
  const connectionId = /подключение: (\S+)/.exec(connected.output)?.[1] ?? "";
  const synced = await run("sync", ...company);
  expect(synced).toMatchObject({ code: 0 });
  expect(synced.output).toMatch(/готово, заказчиков 33/);
  expect(await program.end("SIGTERM")).toBe(0);

  const status = await run("status", ...company, "--json");
  expect(JSON.parse(status.output)).toMatchObject([
    { companyId, connections: [{ id: connectionId, kind: "amocrm", state: "active" }] },
  ]);
  expect(await run("disconnect", "--connection", connectionId)).toMatchObject({ code: 0 });
  const nothing = await run("sync", ...company);
  expect(nothing).toMatchObject({ code: 1 });
  expect(nothing.output).toContain("нет подключённой CRM");
}, 120_000);
