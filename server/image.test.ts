import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createSimulator } from "../bot/simulator/simulator.ts";
import { createTestDatabase } from "../db/testing.ts";
import { type Program, startProgram } from "./testing_program.ts";

const root = join(import.meta.dirname, "..");
const TOKEN = "5000000004:AA-a-token-of-the-image";
let image: string;
const programs: Program[] = [];

/** The steps of the Dockerfile that decide what is in the image, carried out without Docker. */
beforeAll(async () => {
  image = await mkdtemp(join(tmpdir(), "smetka-image-"));
  const dockerfile = await readFile(join(root, "Dockerfile"), "utf8");
  for (const [, from = ""] of dockerfile.matchAll(/^COPY --from=build \/app\/(\S+) /gm)) {
    if (from === "node_modules" || from === "miniapp/dist") continue;
    await cp(join(root, from), join(image, from), { recursive: true });
  }
  await linkProductionPackages();
  const cleaning = /npm prune [^\n]+\\\n\s*&& ([\s\S]+?)\n\n/.exec(dockerfile)?.[1] ?? "";
  const cleaned = spawnSync("sh", ["-ec", cleaning.replaceAll("\\\n", " ")], { cwd: image });
  if (cleaned.status !== 0) throw new Error(cleaned.stderr.toString());
}, 60_000);

afterAll(async () => {
  for (const program of programs) await program.end("SIGKILL");
  await rm(image, { recursive: true, force: true });
});

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })),
});

async function linkProductionPackages(): Promise<void> {
  const lock = lockSchema.parse(
    JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")),
  );
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    const isTopLevel = /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path);
    if (!isTopLevel || dev) continue;
    await mkdir(dirname(join(image, path)), { recursive: true });
    await symlink(join(root, path), join(image, path));
  }
}

async function start(variables: Record<string, string>): Promise<Program> {
  const program = await startProgram(
    { NODE_COMPILE_CACHE: join(image, "compiled"), ...variables },
    join(image, "server/main.ts"),
  );
  programs.push(program);
  return program;
}

describe("the production image", () => {
  it("holds no test, no simulator and no fake", async () => {
    const files = await readdir(image, { recursive: true });
    const own = files.filter((file) => !file.startsWith("node_modules"));
    expect(own.length).toBeGreaterThan(300);
    expect(own.filter((file) => /\.test\.|testing|simulator|\/fake\b|demo_/.test(file))).toEqual(
      [],
    );
  });

  it("runs the bot with what it holds, and ends when Docker asks it to", async () => {
    const database = await createTestDatabase();
    const telegram = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
    const { url: apiRoot } = await telegram.listen({ port: 0 });
    const program = await start({
      BOT_TOKEN: TOKEN,
      TELEGRAM_API_ROOT: apiRoot,
      DATABASE_URL: database.url,
      SECRET_KEY: "a secret key of at least 32 characters",
      DATA_DIR: join(image, "data"),
    });
    await program.ready();
    const foreman = telegram.person({ id: 701, firstName: "Алексей" });
    foreman.start();
    await foreman.waitFor("Как называется ваша компания");
    foreman.sendText("Бригада");
    await foreman.waitFor("Готово");
    foreman.sendText("Стяжка 10 м2 900\nПлитка 10 м2 2000");
    await foreman.waitFor("Создать смету из этого?");
    foreman.press(foreman.buttons().flat()[0] ?? "");
    await foreman.waitFor("Для какого объекта смета?");
    foreman.press("Без объекта");
    await foreman.waitFor("Понятно: 2 строки");
    foreman.press("✅ Добавить 2 строки");
    await foreman.waitFor(/СМ-\d{4}-0001/);
    foreman.press("📄 PDF");
    await foreman.waitFor((message) => message.document !== undefined);
    const seen = await fetch(`${program.url}/metrics`);
    expect(seen.status).toBe(200);
    const fromOutside = await fetch(`${program.url}/metrics`, {
      headers: { "X-Forwarded-For": "203.0.113.7" },
    });
    expect(fromOutside.status).toBe(404);
    expect(await program.end("SIGTERM")).toBe(0);
    await telegram.close();
    await database.drop();
  });

  it("asks for a token instead of playing Telegram", async () => {
    const database = await createTestDatabase();
    const program = await start({ DATABASE_URL: database.url, DATA_DIR: join(image, "data") });
    expect(await program.ended).toBe(1);
    expect(program.output().trim()).toMatch(/^В этой сборке нет пробного Telegram[^\n]+$/);
    await database.drop();
  });
});
