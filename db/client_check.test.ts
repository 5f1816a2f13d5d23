import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkConnection } from "./client_check.ts";
import { StartupError } from "./startup_error.ts";
import { createEmptyDatabase } from "./testing.ts";
import type { TestDatabase } from "./testing.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createEmptyDatabase();
});

afterAll(() => database.drop());

function change(part: Partial<Record<"password" | "username" | "port" | "hostname", string>>): URL {
  return Object.assign(new URL(database.url), part);
}

async function readRefusal(url: URL | string): Promise<string> {
  const failure = await checkConnection(String(url)).catch((error: unknown) => error);
  if (!(failure instanceof StartupError)) throw new Error("not refused", { cause: failure });
  return failure.message;
}

it("says nothing about a database that serves", async () => {
  await expect(checkConnection(database.url)).resolves.toBeUndefined();
});

it("tells a wrong password, and does not repeat it", async () => {
  const refusal = await readRefusal(change({ password: "very-secret" }));
  expect(refusal).toBe("База данных не приняла имя или пароль из DATABASE_URL. Проверьте их.");
});

it("tells a database that is not there by its name", async () => {
  const url = new URL(database.url);
  url.pathname = "/дом";
  expect(await readRefusal(url)).toMatch(/^На сервере .* нет базы «дом» из DATABASE_URL/);
});

it("tells a port where nobody listens", async () => {
  expect(await readRefusal(change({ port: "1" }))).toMatch(/:1 из DATABASE_URL никто не отвечает/);
});

it("tells the port and the database that count where the address names none", async () => {
  const refusal = await readRefusal("postgres://somebody@no-such-server.invalid");
  expect(refusal).toMatch(/no-such-server\.invalid:5432 из DATABASE_URL/);
  const url = new URL(database.url);
  await database.sql`create role "без базы" login password 'x'`;
  Object.assign(url, { username: "без базы", password: "x", pathname: "" });
  const unnamed = await readRefusal(url);
  await database.sql`drop role "без базы"`;
  expect(unnamed).toMatch(/нет базы «без базы» из DATABASE_URL/);
});

it("tells a server that does not exist", async () => {
  const refusal = await readRefusal(change({ hostname: "no-such-server.invalid" }));
  expect(refusal).toMatch(/no-such-server\.invalid:\d+ из DATABASE_URL/);
});

it.each(["", "localhost", "http://localhost/smetka", "postgres://", "postgres:///smetka"])(
  "tells that «%s» is no address of a database",
  async (url) => {
    expect(await readRefusal(url)).toMatch(/^DATABASE_URL не похож на адрес базы данных/);
  },
);

it("tells something that is no PostgreSQL at all", async () => {
  const server = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const refusal = await readRefusal(`postgres://smetka@127.0.0.1:${port}/smetka`);
  server.close();
  expect(refusal).toBe(
    `Не удалось подключиться к базе данных на 127.0.0.1:${port}: проверьте DATABASE_URL.`,
  );
});

it("refuses a PostgreSQL that is too old", async () => {
  await database.sql.unsafe(
    `alter database ${nameOf(database.url)} set search_path = old, pg_catalog`,
  );
  await database.sql`create schema old`;
  await database.sql`
    create function old.current_setting(text) returns text language sql as
    $$ select case when $1 = 'server_version_num' then '150018'
       else pg_catalog.current_setting($1) end $$
  `;
  const refusal = await readRefusal(database.url);
  await database.sql`drop schema old cascade`;
  expect(refusal).toMatch(/PostgreSQL 15, а нужен 16 или новее/);
});

it("refuses a copy that takes no writes", async () => {
  const name = nameOf(database.url);
  await database.sql.unsafe(`alter database ${name} set search_path = copied, pg_catalog`);
  await database.sql`create schema copied`;
  await database.sql`
    create function copied.pg_is_in_recovery() returns boolean language sql as 'select true'
  `;
  const refusal = await readRefusal(database.url);
  await database.sql`drop schema copied cascade`;
  await database.sql.unsafe(`alter database ${name} reset search_path`);
  expect(refusal).toMatch(/открытую только для чтения/);
});

it("refuses a database that does not know Russian letters", async () => {
  const plain = await createEmptyDatabase({ locale: "C" });
  const refusal = await readRefusal(plain.url);
  await plain.drop();
  expect(refusal).toMatch(/не различает русские буквы/);
});

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}
