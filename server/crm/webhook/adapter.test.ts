import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { tenantTransaction } from "../../../db/transactions.ts";
import { requestCrmPush } from "../../../db/crm_pushes.ts";
import { crmRoutes } from "../../routes/crm.ts";
import { findFreePort } from "../../testing_program.ts";
import { listen } from "../fake/listening.ts";
import { pushEstimate } from "../pushing.ts";
import { addApproved, createCrmWork, type CrmWork, testPdf } from "../testing_crm.ts";
import { testSignal } from "../testing.ts";

const DOCUMENT = readFileSync(new URL("../../../docs/adding-a-crm.md", import.meta.url), "utf8");

let crm: CrmWork;
let receiver: ChildProcess | null = null;

beforeAll(async () => {
  crm = await createCrmWork();
});

afterEach(async () => {
  await endReceiver();
});

afterAll(() => crm.work.close());

/** An example as the document prints it. */
function exampleOf(fileName: string): string {
  const [, code] = new RegExp(`\`\`\`js\\n// ${fileName}\\n(.*?)\`\`\``, "s").exec(DOCUMENT) ?? [];
  if (!code) throw new Error(`docs/adding-a-crm.md has no ${fileName}`);
  return code;
}

function run(code: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ["--input-type=module", "-e", code], {
    env,
    stdio: "ignore",
  });
}

async function startReceiver(port: number, key: string): Promise<void> {
  receiver = run(exampleOf("receiver.js"), { PORT: String(port), SMETKA_KEY: key });
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}`).then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(isUp, { timeout: 20_000 }).toBe(200);
}

async function endReceiver(): Promise<void> {
  if (!receiver) return;
  const exited = once(receiver, "exit");
  receiver.kill("SIGKILL");
  await exited;
  receiver = null;
}

describe("the examples of docs/adding-a-crm.md", () => {
  it("receive an approved estimate with its lines and file, once however often it is sent", async () => {
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}`;
    await startReceiver(port, "");
    const { connectionId, signingKey } = await crm.connect({ kind: "webhook", url });
    await endReceiver();
    await startReceiver(port, signingKey ?? "");
    const approved = await addApproved(crm);
    const { estimateId, revision } = approved;
    const { companyId } = crm.actor;
    await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
      requestCrmPush(tx, companyId, connectionId, { estimateId, revision }),
    );
    const request = { companyId, connectionId, estimateId, signal: testSignal };
    const sources = { approved: async () => approved, pdf: testPdf };
    expect(await pushEstimate(crm.crm.dependencies, sources, request)).toBe("done");
    expect(await pushEstimate(crm.crm.dependencies, sources, request)).toBe("done");
    const deals = (await (await fetch(url)).json()) as {
      externalKey: string;
      total: string;
      fileName: string;
      lines: { amount: string }[];
    }[];
    expect(deals).toMatchObject([{ externalKey: estimateId, fileName: expect.any(String) }]);
    const kopecks = (sum = "") => BigInt(sum.replace(".", ""));
    const sum = deals[0]?.lines.reduce((total, { amount }) => total + kopecks(amount), 0n);
    expect(sum).toBe(kopecks(deals[0]?.total));
    expect(sum).toBe(approved.total);
  });

  it("send clients in, and a wrong key is a stranger's", async () => {
    const port = await findFreePort();
    await startReceiver(port, "");
    const url = `http://127.0.0.1:${port}/second`;
    const { webhookUrl, signingKey } = await crm.connect({ kind: "webhook", url });
    const app = new Hono().route("/", crmRoutes(crm.crm.door));
    const door = await listen(app as never);
    const path = new URL(webhookUrl ?? "").pathname;
    const send = async (key: string) => {
      const sender = run(exampleOf("sender.js"), { SMETKA_URL: door.url + path, SMETKA_KEY: key });
      const [code] = (await once(sender, "exit")) as [number];
      return code;
    };
    expect(await send("a wrong key")).not.toBe(0);
    expect(await crm.count("clients")).toBe(0);
    expect(await send(signingKey ?? "")).toBe(0);
    expect(await send(signingKey ?? "")).toBe(0);
    const rows = await crm.work.database.sql<{ name: string; kind: string }[]>`
      select name, kind from clients where company_id = ${crm.actor.companyId} order by name
    `;
    expect(rows).toMatchObject([
      { name: "Иван Петров", kind: "person" },
      { name: "ООО «Ромашка»", kind: "organisation" },
    ]);
    await door.close();
  });
});
