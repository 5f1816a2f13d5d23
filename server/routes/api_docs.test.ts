import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pino } from "pino";
import { listen, type Listening } from "../listening.ts";
import type { Live } from "../live/live.ts";
import { startLiveAlone } from "../live/testing_live.ts";
import { newEstimate } from "../services/testing_agreement.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

const run = promisify(execFile);
const page = await readFile(join(import.meta.dirname, "../../docs/api.md"), "utf8");
const [program = ""] = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(([, block]) => block);
const [given = "", ...examples] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(
  ([, block = ""]) => block,
);

let stage: ShareStage;
let listening: Listening;
let live: Live;
let revoke: () => Promise<void>;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  stage = await createShareStage();
  listening = await listen({ host: "127.0.0.1", port: 0 });
  listening.open((request) => stage.app.fetch(request));
  const { clock, database } = stage.work;
  live = startLiveAlone({
    sql: database.sql,
    url: database.url,
    publicUrl: null,
    clock: () => clock.now,
    log: pino({ level: "silent" }),
  });
  live.attach(listening.server);
  const { token, key } = await stage.work.asActor(stage.people.owner, ({ apiKeys }) =>
    apiKeys.create({ name: "curl", scope: "write" }),
  );
  revoke = () => stage.work.asActor(stage.people.owner, ({ apiKeys }) => apiKeys.revoke(key.id));
  environment = { PATH: "/usr/bin:/bin", SMETKA: `${listening.url}/api/v1`, KEY: token };
});

afterAll(async () => {
  await live.stop();
  await listening.close(1000);
  await stage.close();
});

describe("docs/api.md", () => {
  it("names what an example needs", () => {
    expect(given).toMatch(/^export SMETKA=\S+ KEY=\S+\n$/);
    expect(examples.length).toBeGreaterThanOrEqual(5);
  });

  it.each(examples.map((script) => ({ script })))("works as written: $script", async (example) => {
    const shell = await run("/bin/sh", ["-e", "-c", example.script], { env: environment });
    expect(shell.stderr).toBe("");
    // Every curl fails on an answer that is no success; the last line is what the page promises.
    const expected = example.script.includes("If-None-Match") ? /\n?304\s*$/ : /^\{.*\}\s*$/s;
    expect(shell.stdout).toMatch(expected);
  });

  it("hears of changes as the program on it does, until its key is revoked", async () => {
    const running = spawn(process.execPath, ["-e", program], { env: environment });
    let said = "";
    running.stdout.on("data", (data: Buffer) => (said += data.toString("utf8")));
    running.stderr.on("data", (data: Buffer) => (said += data.toString("utf8")));
    const patience = { timeout: 20_000 };
    await expect.poll(() => said, patience).toBe("listening\n");
    const { id } = await newEstimate(stage.work, stage.people.foreman);
    await expect.poll(() => said, patience).toContain(`${id} draft`);
    await revoke();
    await expect.poll(() => said, patience).toMatch(/\nclosed 4403\n$/);
    await expect.poll(() => running.exitCode, patience).toBe(0);
  });
});
