import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programEnvironment } from "../db/testing_environment.ts";
import { type FakeProcess, startFakeProcess } from "./crm/fake/process.ts";
import { createCrmWork, type CrmWork, testSecretKey } from "./crm/testing_crm.ts";
import { newId } from "./new_id.ts";

let crm: CrmWork;
let folder: string;
let fake: FakeProcess;

beforeAll(async () => {
  crm = await createCrmWork();
  folder = await mkdtemp(join(tmpdir(), "smetka-crm-"));
  fake = await startFakeProcess({ service: "bitrix24", contacts: 120 });
});

afterAll(async () => {
  await fake.close();
  await crm.work.close();
  await rm(folder, { recursive: true, force: true });
});

/** The command as `npm run crm -- …` runs it. */
function run(...args: string[]): Promise<{ code: number; output: string }> {
  const env = programEnvironment({
    DATABASE_URL: crm.work.database.url,
    DATA_DIR: folder,
    SECRET_KEY: testSecretKey,
    CRM_ALLOW_PRIVATE_HOSTS: "1",
    PUBLIC_URL: "https://smetka.example",
  });
  const file = join(import.meta.dirname, "crm_command.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? 1) : 0;
      resolve({ code, output: stdout + stderr });
    });
  });
}

describe("npm run crm", () => {
  it("connects, scans to the end, tells the status and disconnects", async () => {
    const { companyId } = crm.actor;
    const connected = await run(
      "connect",
      "bitrix24",
      "--company",
      companyId,
      "--url",
      fake.credential,
    );
    expect(connected).toMatchObject({ code: 0 });
    expect(connected.output).toContain(`компания: ${companyId}`);
    expect(connected.output).toMatch(
      /адрес для вебхука: https:\/\/smetka\.example\/crm\/bitrix24\/\S{60,}/,
    );
    const secret = fake.credential.split("/").at(-2) ?? "";
    expect(connected.output).not.toContain(secret);
    const connectionId = /подключение: (\S+)/.exec(connected.output)?.[1] ?? "";

    const synced = await run("sync", "--company", companyId);
    expect(synced).toMatchObject({ code: 0 });
    expect(synced.output).toMatch(/готово, заказчиков 132/);
    expect(await crm.count("crm_clients")).toBe(132);

    const status = await run("status", "--company", companyId, "--json");
    expect(JSON.parse(status.output)).toMatchObject([
      { companyId, connections: [{ id: connectionId, kind: "bitrix24", state: "active" }] },
    ]);

    expect(await run("disconnect", "--connection", connectionId)).toMatchObject({ code: 0 });
    expect((await run("sync", "--company", companyId)).code).toBe(1);
  });

  it("ends with 1 and a sentence for what is wrong", async () => {
    const { companyId } = crm.actor;
    const wrong = fake.credential.replace(/[^/]+\/$/, "wrongkey123/");
    const refused = await run("connect", "bitrix24", "--company", companyId, "--url", wrong);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain("не принимает наш ключ");
    expect(refused.output).not.toContain("wrongkey123");
    expect((await run("nonsense")).output).toContain("npm run crm -- connect bitrix24");
  });

  it("shows a company without an owner beside the others, and names what is not there", async () => {
    const { companyId } = crm.actor;
    const orphan = await crm.work.newActor();
    await crm.work.database.sql`delete from memberships where company_id = ${orphan.companyId}`;
    const all = await run("status", "--json");
    expect(all.code).toBe(0);
    const shown = JSON.parse(all.output) as { companyId: string; connections: object[] }[];
    expect(shown.map((company) => company.companyId).toSorted()).toEqual(
      [companyId, orphan.companyId].toSorted(),
    );
    const connecting = ["connect", "bitrix24", "--url", fake.credential, "--company"];
    const refused = await run(...connecting, orphan.companyId);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining("нет владельца") });
    const nobody = newId();
    for (const words of [["status"], ["sync"], connecting.slice(0, -1)]) {
      const missing = await run(...words, "--company", nobody);
      expect(missing).toMatchObject({ code: 1, output: expect.stringContaining("компании нет") });
    }
    const unknown = await run("disconnect", "--connection", nobody);
    expect(unknown).toMatchObject({ code: 1, output: expect.stringContaining("подключения нет") });
  }, 120_000);

  it.each([
    [["status", "--company", "12"], "не идентификатор"],
    [["status", "--nonsense"], "параметры"],
    [["connect", "salesforce", "--company", newId()], "Укажите CRM"],
    [["connect", "amocrm", "--company", newId(), "--domain", "a.amocrm.ru"], "--token"],
    [["connect", "bitrix24", "--company", newId(), "--url"], "параметры"],
  ])(
    "says what is wrong with «%s» and how to call it, and ends with 1",
    async (words, sentence) => {
      const { code, output } = await run(...words);
      expect(code).toBe(1);
      expect(output).toContain(sentence);
      expect(output).toContain("npm run crm -- disconnect");
    },
  );

  it.each([
    ["bitrix24", "--url", "not an address"],
    ["bitrix24", "--url", "https://example.com/"],
    ["bitrix24", "--url", "http://127.0.0.1:1/rest/1/abcdefghij/"],
    ["amocrm", "--domain", "не домен"],
    ["amocrm", "--domain", "http://127.0.0.1:1"],
    ["webhook", "--url", "ftp://example.com"],
  ])(
    "refuses %s at %s «%s» with one sentence and without a trace of the program",
    async (...words) => {
      const [kind, option, value] = words;
      const { companyId } = crm.actor;
      const rest = kind === "amocrm" ? ["--token", "secret-of-amo"] : [];
      const { code, output } = await run(
        "connect",
        kind,
        "--company",
        companyId,
        option,
        value,
        ...rest,
      );
      expect(code).toBe(1);
      expect(output).not.toMatch(/\bat |Error|secret-of-amo|abcdefghij/);
      expect(output.trim().split("\n")).toHaveLength(1);
      const active = crm.work.database.sql`select id from crm_connections where state = 'active'`;
      expect(await active).toHaveLength(0);
    },
  );
});
