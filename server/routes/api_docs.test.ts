import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen, type Listening } from "../listening.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

const run = promisify(execFile);
const page = await readFile(join(import.meta.dirname, "../../docs/api.md"), "utf8");
const [given = "", ...examples] = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(
  ([, block = ""]) => block,
);

let stage: ShareStage;
let listening: Listening;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  stage = await createShareStage();
  listening = await listen({ host: "127.0.0.1", port: 0 });
  listening.open((request) => stage.app.fetch(request));
  const { token } = await stage.work.asActor(stage.people.owner, ({ apiKeys }) =>
    apiKeys.create({ name: "curl", scope: "write" }),
  );
  environment = { PATH: "/usr/bin:/bin", SMETKA: `${listening.url}/api/v1`, KEY: token };
});

afterAll(async () => {
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
});
