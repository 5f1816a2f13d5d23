import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
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

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      environment: z.record(z.string(), z.string()).optional(),
      user: z.string().optional(),
      read_only: z.boolean().optional(),
      healthcheck: z.looseObject({}).optional(),
      profiles: z.array(z.string()).optional(),
      volumes: z.array(z.string()).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

describe("docker-compose.yml", () => {
  it("starts every role once in each profile, never as root, on a file system it can't write", async () => {
    const text = await readFile(join(root, "docker-compose.yml"), "utf8");
    const { services } = composeSchema.parse(parse(text, { merge: true }));
    const own = Object.values(services).filter(({ image: name }) => name.startsWith("smetka:"));
    expect(own).toHaveLength(5);
    for (const service of own) {
      expect(service).toMatchObject({ user: "node", read_only: true, cap_drop: ["ALL"] });
    }
    const rolesOf = (profile: string) =>
      own
        .filter(({ profiles }) => profiles?.includes(profile))
        .flatMap(({ environment }) => environment?.["ROLES"]?.split(",") ?? [])
        .toSorted();
    expect(rolesOf("one")).toEqual(["bot", "web", "worker"]);
    expect(rolesOf("roles")).toEqual(["bot", "web", "worker"]);
    for (const name of ["postgres", "pgbouncer"]) {
      expect(services[name]?.healthcheck).toBeDefined();
    }
  });

  it("uses only variables that .env.example explains and the program knows", async () => {
    const text = await readFile(join(root, "docker-compose.yml"), "utf8");
    const example = await readFile(join(root, ".env.example"), "utf8");
    const used = new Set(Array.from(text.matchAll(/(?<!\$)\$\{(\w+)/g), ([, name]) => name));
    const explained = Array.from(example.matchAll(/^(\w+)=/gm), ([, name]) => name);
    used.delete("SMETKA_VERSION");
    expect(used).toEqual(new Set(explained));
  });

  const compose = ["docker compose", "docker-compose"].find(
    (command) => spawnSync("sh", ["-c", `${command} version`]).status === 0,
  );
  it.runIf(compose)("is understood by Docker Compose where there is one", () => {
    const variables = { BOT_TOKEN: "1:a", SECRET_KEY: "k", POSTGRES_PASSWORD: "p" };
    const options = {
      cwd: root,
      env: { ...process.env, PUBLIC_URL: "https://x.ru", ...variables },
    };
    for (const profile of ["one", "roles", "tls"]) {
      const { status, stderr } = spawnSync(
        "sh",
        ["-c", `${compose} --profile ${profile} config`],
        options,
      );
      expect(stderr.toString()).toBe("");
      expect(status).toBe(0);
    }
  });
});
