import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { createTestDatabase } from "../db/testing.ts";
import { programEnvironment } from "../db/testing_environment.ts";
import { findUnknownKeys } from "./testing_compose.ts";

const root = join(import.meta.dirname, "..");
const path = join(root, "docker-compose.yml");
const text = await readFile(path, "utf8");

const serviceSchema = z.looseObject({
  image: z.string(),
  environment: z.record(z.string(), z.string()).optional(),
  user: z.string(),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()) }),
  profiles: z.array(z.string()).optional(),
  volumes: z.array(z.string()).default([]),
});
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});
const file = parse(text, { merge: true }) as unknown;
const { services, volumes } = composeSchema.parse(file);

describe("docker-compose.yml", () => {
  it("runs nothing as root, nothing that may write where it likes, and looks at the health of all", async () => {
    expect(Object.keys(services).toSorted()).toEqual(
      ["app", "backup", "bot", "caddy", "pgbouncer", "postgres", "web", "worker"].toSorted(),
    );
    const users = Object.entries(services).filter(([, { user }]) => /^(root|0)?(:|$)/.test(user));
    expect(users).toEqual([]);
    for (const service of Object.values(services)) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
      expect(service.security_opt).toContain("no-new-privileges:true");
      expect(service.healthcheck.test[0]).toMatch(/^CMD(-SHELL)?$/);
      expect(service.healthcheck.test.length).toBeGreaterThan(1);
    }
    const dockerfile = await readFile(join(root, "Dockerfile"), "utf8");
    expect(dockerfile).toContain(services["app"]?.healthcheck.test.at(-1));
    const privileged = Object.entries(services).filter(([, { cap_add }]) => cap_add.length > 0);
    expect(privileged.map(([name, { cap_add }]) => [name, ...cap_add])).toEqual([
      ["caddy", "NET_BIND_SERVICE"],
    ]);
  });

  it("has one volume, the database's; backups are a folder beside it", () => {
    expect(Object.keys(volumes)).toEqual(["postgres"]);
    const written = Object.entries(services).flatMap(([name, service]) =>
      service.volumes.map((volume) => `${name} ${volume}`),
    );
    expect(written.toSorted()).toEqual([
      "backup ./backups:/backups",
      "caddy ./certificates:/data",
      "postgres postgres:/var/lib/postgresql",
    ]);
  });

  it("starts every role once in each profile", () => {
    const rolesOf = (profile: string) =>
      Object.values(services)
        .filter(({ profiles }) => profiles?.includes(profile))
        .flatMap(({ environment }) => environment?.["ROLES"]?.split(",") ?? [])
        .toSorted();
    expect(rolesOf("one")).toEqual(["bot", "web", "worker"]);
    expect(rolesOf("roles")).toEqual(["bot", "web", "worker"]);
  });

  it("uses only variables that .env.example explains and the program knows", async () => {
    const example = await readFile(join(root, ".env.example"), "utf8");
    const used = new Set(Array.from(text.matchAll(/(?<!\$)\$\{(\w+)/g), ([, name]) => name));
    const explained = Array.from(example.matchAll(/^(\w+)=/gm), ([, name]) => name);
    used.delete("SMETKA_VERSION");
    expect(used).toEqual(new Set(explained));
  });
});

/** Places of docker-compose.yml with a key of each level that is used, and the same misspelt. */
const MISSPELT: readonly Misspelling[] = [
  ["services:", "servises:", "servises"],
  ["\nvolumes:\n", "\nvolume:\n", "volume"],
  [
    "  pgbouncer:\n    <<: *confined\n    image:",
    "  pgbouncer:\n    <<: *confined\n    imagge:",
    "services.pgbouncer.imagge",
  ],
  ["read_only: true", "readonly: true", "services.postgres.readonly"],
  ["start_period: 10m", "start_perod: 10m", "services.backup.healthcheck.start_perod"],
  ["stop_grace_period: 12s", "stop_grace: 12s", "services.app.stop_grace"],
  ["cap_drop: [ALL]", "cap_dropp: [ALL]", "services.caddy.cap_dropp"],
  ["  deploy: { replicas: 2 }", "  deploy: { replica: 2 }", "services.web.deploy.replica"],
  ["options: { max-size", "option: { max-size", "services.web.logging.option"],
  ["{ aliases: [smetka] }", "{ alias: [smetka] }", "services.web.networks.default.alias"],
  [
    "postgres: { condition: service_healthy }",
    "postgres: { conditions: service_healthy }",
    "services.pgbouncer.depends_on.postgres.conditions",
  ],
];

type Misspelling = readonly [right: string, wrong: string, place: string];

function misspell([right, wrong]: Misspelling): string {
  expect(text).toContain(right);
  return text.replaceAll(right, wrong);
}

describe("the keys of docker-compose.yml", () => {
  it("are those of the Compose Specification, at every level", () => {
    expect(findUnknownKeys(file)).toEqual([]);
  });

  it.each(MISSPELT)("are refused where %j is written %j", (...misspelt) => {
    const unknown = findUnknownKeys(parse(misspell(misspelt), { merge: true }));
    expect(unknown).toContain(misspelt[2]);
  });
});

const compose =
  ["docker compose", "docker-compose"].find(
    (command) => spawnSync("sh", ["-c", `${command} version`]).status === 0,
  ) ?? null;

describe(`what Docker Compose says (${compose ?? "not on this machine"})`, () => {
  const config = (name: string, profile: string) => {
    const variables = { BOT_TOKEN: "1:a", SECRET_KEY: "k", POSTGRES_PASSWORD: "p" };
    return spawnSync("sh", ["-c", `${compose} -f "${name}" --profile ${profile} config`], {
      cwd: root,
      env: { ...process.env, PUBLIC_URL: "https://x.ru", ...variables },
      encoding: "utf8",
    });
  };

  it.runIf(compose).each(["one", "roles", "tls"])("takes the profile %s", (profile) => {
    const { status, stderr, stdout } = config(path, profile);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("postgres:18");
  });

  it.runIf(compose)("refuses a misspelt key", async () => {
    const folder = await mkdtemp(join(tmpdir(), "smetka-compose-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const misspelt = MISSPELT.find(([right]) => right === "cap_drop: [ALL]");
    const name = join(folder, "docker-compose.yml");
    await writeFile(name, misspelt ? misspell(misspelt) : "");
    const { status, stderr } = config(name, "one");
    expect(status).not.toBe(0);
    expect(stderr).toContain("cap_dropp");
  });
});

describe("the loop of the backup service", () => {
  /** As it stands in the file, but in a folder of this machine. */
  async function startLoop(databaseUrl: string) {
    const folder = await mkdtemp(join(tmpdir(), "smetka-backups-"));
    const [shell = "", option = "", script = ""] = z
      .array(z.string())
      .parse(services["backup"]?.command);
    const local = script.replaceAll("$$", "$").replaceAll("/backups", folder);
    const own = programEnvironment({ DATABASE_URL: databaseUrl, BACKUP_DAYS: "14" });
    const start = () =>
      spawn(shell, [option, local], {
        cwd: root,
        env: { ...own, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` },
        stdio: "ignore",
        detached: true,
      });
    return { folder, start };
  }

  const isHealthy = (folder: string): boolean => {
    const [kind, command = ""] = services["backup"]?.healthcheck.test ?? [];
    expect(kind).toBe("CMD-SHELL");
    return spawnSync("sh", ["-c", command.replaceAll("/backups", folder)]).status === 0;
  };

  it("makes today's backup at once, forgets the old ones and ends when it is told to", async () => {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const { folder, start } = await startLoop(database.url);
    onTestFinished(() => rm(folder, { recursive: true }));
    const old = join(folder, "smetka-2026-01-01.gz");
    const foreign = join(folder, "notes.txt");
    for (const name of [old, foreign]) {
      await writeFile(name, "");
      await utimes(name, 0, 0);
    }
    expect(isHealthy(folder)).toBe(false);
    const loop = start();
    // In a container what it started ends with it.
    onTestFinished(() => void process.kill(-(loop.pid ?? 0), "SIGKILL"));
    const today = `smetka-${new Date().toISOString().slice(0, 10)}.gz`;
    await expect
      .poll(() => readdir(folder), { timeout: 60_000, interval: 200 })
      .toEqual(["notes.txt", today]);
    expect(isHealthy(folder)).toBe(true);
    const ended = once(loop, "exit");
    process.kill(loop.pid ?? 0, "SIGTERM");
    expect(await ended).toEqual([0, null]);
  }, 90_000);
});
