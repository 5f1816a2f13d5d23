import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  findFreePort,
  hasCluster,
  readClusterAccess,
  secureCluster,
  writeClusterAccess,
} from "./embedded_cluster.ts";
import { chooseClusterLocation, readClusterLocation } from "./embedded_location.ts";
import { lockDirectory } from "./embedded_lock.ts";
import { findRunningDatabase } from "./embedded_running.ts";
import { findServerUser } from "./embedded_user.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cluster-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;
const binaries = { majorVersion: 18 } as Parameters<typeof hasCluster>[1];

describe("the place of a cluster", () => {
  it("has none while it is missing or empty", async () => {
    expect(await hasCluster(join(folder, "postgres"), binaries)).toBe(false);
    expect(await hasCluster(folder, binaries)).toBe(false);
    expect(await findRunningDatabase(folder)).toBeNull();
  });

  it("has one that these programs can serve, and refuses every other thing", async () => {
    await writeFile(join(folder, "PG_VERSION"), "18\n");
    expect(await hasCluster(folder, binaries)).toBe(true);
    await writeFile(join(folder, "PG_VERSION"), "17\n");
    await expect(hasCluster(folder, binaries)).rejects.toMatchObject({ code: "unsupported" });
    await rm(join(folder, "PG_VERSION"));
    await writeFile(join(folder, "заметки.txt"), "не база");
    await expect(hasCluster(folder, binaries)).rejects.toMatchObject({ code: "broken" });
    const file = join(folder, "заметки.txt");
    await expect(hasCluster(file, binaries)).rejects.toThrow("не папка");
  });

  it("keeps its password and port, and tells when they are lost", async () => {
    await expect(readClusterAccess(folder)).rejects.toMatchObject({ code: "broken" });
    const access = { password: "длинный-секретный-пароль", port: 5433 };
    await writeClusterAccess(folder, access, null);
    expect(await readClusterAccess(folder)).toEqual(access);
    const { mode } = await stat(join(folder, "smetka.json"));
    expect(mode & 0o777).toBe(0o600);
  });

  it("is closed to others", async () => {
    await chmod(folder, 0o755);
    await secureCluster(folder, null);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await secureCluster(folder, null);
    await expect(secureCluster(join(folder, "нет"), null)).rejects.toMatchObject({
      code: "broken",
    });
  });

  it("is inside the data folder, or where it was put before", async () => {
    const inside = join(folder, "postgres");
    expect(await readClusterLocation(folder)).toBe(inside);
    expect(await chooseClusterLocation(folder, null)).toBe(inside);
    await writeFile(join(folder, "postgres.location"), "/var/lib/smetka/abc-1\n");
    expect(await chooseClusterLocation(folder, null)).toBe("/var/lib/smetka/abc-1");
    expect(await chooseClusterLocation(folder, { uid: 1, gid: 1 })).toBe("/var/lib/smetka/abc-1");
  });
});

it("a folder is locked by one at a time", async () => {
  const first = await lockDirectory(folder);
  expect(await lockDirectory(folder)).toBeNull();
  await first?.release();
  const second = await lockDirectory(folder);
  expect(second).not.toBeNull();
  await second?.release();
});

it("a free port is one that can be listened on", async () => {
  const port = await findFreePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  await new Promise((resolve) => server.close(resolve));
  expect(port).toBeGreaterThan(1023);
});

describe.skipIf(!isRoot)("for root (skipped for an ordinary user)", () => {
  it("the server runs as the owner of the cluster, otherwise as a user without rights", async () => {
    const cluster = join(folder, "postgres");
    const user = await findServerUser(cluster);
    expect(user?.uid).toBeGreaterThan(0);
    await mkdir(cluster);
    await secureCluster(cluster, { uid: 12_345, gid: 12_345 });
    expect(await findServerUser(cluster)).toEqual({ uid: 12_345, gid: 12_345 });
    await writeClusterAccess(
      cluster,
      { password: "длинный-секретный-пароль", port: 5433 },
      { uid: 1, gid: 1 },
    );
    expect((await stat(join(cluster, "smetka.json"))).uid).toBe(1);
  });

  it("the data folder serves when that user can enter it", async () => {
    const user = { uid: 12_345, gid: 12_345 };
    await chmod(folder, 0o755);
    expect(await chooseClusterLocation(folder, user)).toBe(join(folder, "postgres"));
  });
});
