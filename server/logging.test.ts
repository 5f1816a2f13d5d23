import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createLog, logFile } from "./logging.ts";

it("keeps secrets out of the log, whatever an error or a request drags along", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "smetka-log-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const telegram = { mode: "simulator" } as const;
  const log = createLog({ logLevel: "trace", telegram, dataDir });
  const secret = "ОЧЕНЬ-СЕКРЕТНО";
  const err = Object.assign(new Error("refused"), {
    token: secret,
    access_token: secret,
    refresh_token: secret,
  });
  log.error({ err }, "failed");
  log.info({ connection: { secret, password: secret, token: secret } }, "opened");
  log.info({ req: { headers: { authorization: secret, cookie: secret } } }, "asked");
  const written = await readFile(logFile({ dataDir }), "utf8");
  expect(written.trimEnd().split("\n")).toHaveLength(3);
  expect(written).toContain("refused");
  expect(written).not.toContain(secret);
});
