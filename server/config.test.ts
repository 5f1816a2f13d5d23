import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StartupError } from "../db/startup_error.ts";
import { environment, readConfig } from "./config.ts";
import type { Config, Environment } from "./config.ts";
import { deriveKey, loadSecretKey } from "./config_secret.ts";

const token = "123456789:AAExampleExampleExampleExampleExamp";

function read(variables: Environment): Config {
  const result = readConfig(variables);
  if (!result.ok) throw new Error(result.problems.join(" "));
  return result.config;
}

function readProblems(variables: Environment): readonly string[] {
  const result = readConfig(variables);
  if (result.ok) throw new Error("accepted");
  return result.problems;
}

describe("readConfig", () => {
  it("runs everything on this machine when nothing is set", () => {
    expect(read({})).toEqual({
      http: { host: "127.0.0.1", port: 8080 },
      databaseUrl: null,
      databaseDirectUrl: null,
      databaseReplicaUrl: null,
      telegram: { mode: "simulator" },
      publicUrl: null,
      secretKey: null,
      roles: ["web", "bot", "worker"],
      dataDir: resolve(import.meta.dirname, "..", ".data"),
      logLevel: "info",
      allowPrivateCrmHosts: false,
    });
  });

  it("reads every variable of the contract", () => {
    const config = read({
      PORT: "80",
      HOST: "0.0.0.0",
      DATABASE_URL: "postgres://smetka:secret@pool:6432/smetka",
      DATABASE_DIRECT_URL: "postgres://smetka:secret@db:5432/smetka",
      BOT_TOKEN: token,
      TELEGRAM_API_ROOT: "http://localhost:8081/",
      TELEGRAM_MODE: "webhook",
      TELEGRAM_WEBHOOK_SECRET: "hook-secret",
      PUBLIC_URL: "https://smetka.example.ru/",
      DATABASE_REPLICA_URL: "postgres://smetka:secret@replica:5432/smetka",
      SECRET_KEY: "0123456789abcdef0123456789abcdef",
      ROLES: "web, worker",
      DATA_DIR: "/srv/smetka",
      LOG_LEVEL: "debug",
      CRM_ALLOW_PRIVATE_HOSTS: "1",
    });
    expect(config).toEqual({
      http: { host: "0.0.0.0", port: 80 },
      databaseUrl: "postgres://smetka:secret@pool:6432/smetka",
      databaseDirectUrl: "postgres://smetka:secret@db:5432/smetka",
      databaseReplicaUrl: "postgres://smetka:secret@replica:5432/smetka",
      telegram: {
        mode: "webhook",
        token,
        apiRoot: "http://localhost:8081",
        publicUrl: "https://smetka.example.ru",
        webhookSecret: "hook-secret",
      },
      publicUrl: "https://smetka.example.ru",
      secretKey: "0123456789abcdef0123456789abcdef",
      roles: ["web", "worker"],
      dataDir: "/srv/smetka",
      logLevel: "debug",
      allowPrivateCrmHosts: true,
    });
  });

  it("takes empty variables for missing ones", () => {
    expect(read({ PORT: "", BOT_TOKEN: " ", ROLES: "", DATABASE_URL: "" })).toEqual(read({}));
  });

  it("uses the webhook where Telegram can reach it and polling elsewhere", () => {
    const telegram = (variables: Environment) => read({ BOT_TOKEN: token, ...variables }).telegram;
    expect(telegram({})).toEqual({
      mode: "polling",
      token,
      apiRoot: "https://api.telegram.org",
    });
    expect(telegram({ PUBLIC_URL: "http://192.168.0.7:8080" }).mode).toBe("polling");
    expect(telegram({ PUBLIC_URL: "https://smetka.example.ru" }).mode).toBe("webhook");
    expect(
      telegram({ PUBLIC_URL: "https://smetka.example.ru", TELEGRAM_MODE: "polling" }).mode,
    ).toBe("polling");
  });

  it("lets a Bot API server of one's own call a plain address", () => {
    const { telegram } = read({
      BOT_TOKEN: token,
      TELEGRAM_MODE: "webhook",
      TELEGRAM_API_ROOT: "http://127.0.0.1:8081",
      PUBLIC_URL: "http://127.0.0.1:8080",
    });
    expect(telegram).toMatchObject({ mode: "webhook", publicUrl: "http://127.0.0.1:8080" });
  });

  it.each<[string, string]>([
    ["PORT", "eighty"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "80.5"],
    ["HOST", "http://localhost"],
    ["DATABASE_URL", "mysql://root:secret@localhost/smetka"],
    ["DATABASE_URL", "localhost secret"],
    ["BOT_TOKEN", "secret-without-a-number"],
    ["TELEGRAM_API_ROOT", "api.telegram.org/secret"],
    ["TELEGRAM_API_ROOT", "ftp://secret"],
    ["TELEGRAM_MODE", "secret"],
    ["TELEGRAM_WEBHOOK_SECRET", "пароль secret"],
    ["PUBLIC_URL", "smetka.example.ru/secret"],
    ["PUBLIC_URL", "https://example.ru/secret/path"],
    ["SECRET_KEY", "short secret"],
    ["ROLES", "web,secret"],
    ["ROLES", ","],
    ["LOG_LEVEL", "secret"],
    ["CRM_ALLOW_PRIVATE_HOSTS", "secret"],
  ])("names %s and does not repeat «%s»", (name, value) => {
    const problems = readProblems({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} [^]*[а-я][^]*\\.$`));
    expect(problems[0]).not.toContain("secret");
  });

  it("tells all problems at once", () => {
    const problems = readProblems({ PORT: "x", ROLES: "x", LOG_LEVEL: "x" });
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "PORT",
      "ROLES",
      "LOG_LEVEL",
    ]);
  });

  it("refuses a webhook without a token or without an address", () => {
    expect(readProblems({ TELEGRAM_MODE: "webhook" })).toEqual([
      "TELEGRAM_MODE равен webhook, но BOT_TOKEN не задан. Задайте его или уберите TELEGRAM_MODE.",
    ]);
    const withoutAddress = [
      "TELEGRAM_MODE равен webhook, а для него нужен PUBLIC_URL, который начинается с https://.",
    ];
    const variables = { TELEGRAM_MODE: "webhook", BOT_TOKEN: token };
    expect(readProblems(variables)).toEqual(withoutAddress);
    expect(readProblems({ ...variables, PUBLIC_URL: "http://example.ru" })).toEqual(withoutAddress);
  });

  it("gives what nobody can change", () => {
    const config = read({ BOT_TOKEN: token });
    const parts = [config, config.http, config.telegram, config.roles];
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
  });

  it("is fed by the environment of the process", () => {
    expect(environment()["PATH"]).toBe(process.env["PATH"]);
  });
});

describe("the secret key", () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), "smetka-secret-")), "data");
  });

  afterEach(() => rm(join(dataDir, ".."), { recursive: true }));

  it("is SECRET_KEY where that is set, and then nothing is written", async () => {
    expect(await loadSecretKey({ secretKey: "from the environment", dataDir })).toBe(
      "from the environment",
    );
    await expect(stat(dataDir)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is made once, kept for the owner only, and found again", async () => {
    const keys = await Promise.all(
      [1, 2, 3].map(() => loadSecretKey({ secretKey: null, dataDir })),
    );
    const path = join(dataDir, "secret.key");
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[\w-]{43}$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).toBe(`${keys[0]}\n`);
  });

  it("is not replaced when its file is damaged", async () => {
    await loadSecretKey({ secretKey: null, dataDir });
    const path = join(dataDir, "secret.key");
    await writeFile(path, "");
    await expect(loadSecretKey({ secretKey: null, dataDir })).rejects.toThrow(
      new StartupError(
        "broken",
        `Файл ${path} с секретным ключом не удалось прочитать или создать. Верните его из копии или задайте SECRET_KEY.`,
      ),
    );
    expect(await readFile(path, "utf8")).toBe("");
  });

  it("gives every purpose a key of its own", () => {
    const key = deriveKey("secret", "crm");
    expect(key).toHaveLength(32);
    expect(deriveKey("secret", "crm")).toEqual(key);
    expect(deriveKey("secret", "webhook")).not.toEqual(key);
    expect(deriveKey("another", "crm")).not.toEqual(key);
  });
});
