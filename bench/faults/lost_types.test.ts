import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { createEmptyDatabase } from "../../db/testing.ts";
import { findFreePort, startProgram } from "../../server/testing_program.ts";
import { startProxy } from "./proxy.ts";

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

it("a process lives on when new connections are lost before they know their types", async () => {
  const database = await createEmptyDatabase();
  closing.push(() => database.drop());
  const url = new URL(database.url);
  const wire = await startProxy({ host: url.hostname, port: Number(url.port) });
  closing.push(() => wire.close());
  url.port = String(wire.port);
  const folder = await mkdtemp(join(tmpdir(), "smetka-types-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const program = await startProgram({
    BOT_TOKEN: "5000000009:AA-a-token-of-lost-types",
    TELEGRAM_API_ROOT: `http://127.0.0.1:${await findFreePort()}`,
    SECRET_KEY: "a secret key of lost types that is long enough",
    DATABASE_URL: url.href,
    DATA_DIR: folder,
    ROLES: "worker",
    LOG_LEVEL: "warn",
  });
  closing.push(() => program.end("SIGKILL"));
  await program.ready();
  // What postgres.js asks first of all; its answer never comes.
  wire.cutOn("b.typarray");
  wire.cutAll();
  await expect.poll(() => program.output(), { timeout: 20_000 }).toContain("was lost while");
  await sleep(500);
  wire.cutOn(null);
  await program.ready();
  expect(program.process.exitCode).toBeNull();
}, 240_000);
