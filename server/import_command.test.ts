import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { programEnvironment } from "../db/testing_environment.ts";
import type { Actor } from "../domain/access.ts";
import { formatMoney } from "../domain/money.ts";
import { createTestWork, type TestWork } from "./testing.ts";

let work: TestWork;
let owner: Actor;
let foreman: Actor;
let folder: string;
let file: string;

beforeAll(async () => {
  work = await createTestWork();
  folder = await mkdtemp(join(tmpdir(), "smetka-import-"));
});

afterAll(async () => {
  await work.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  owner = await work.newActor({ name: "Ольга" });
  const { companyId } = owner;
  foreman = await work.newActor({ companyId, role: "foreman", name: "Иван Прораб" });
  await work.newActor({ companyId, role: "manager", name: "Пётр" });
  file = join(folder, `${companyId}.sqlite3`);
  makeFormer(file);
});

function makeFormer(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(`
    create table django_migrations (id integer primary key, app text);
    create table api_client (
      id integer primary key, client_name text, client_phone text, email text, loyalty integer
    );
    create table api_project (id integer primary key, name text, address text, client_id integer);
    create table api_estimate (
      id integer primary key, estimate_number text, client_id integer, project_id integer,
      client_name text, client_phone text, email text, total_amount decimal, foreman text,
      status text, created_at text
    );
    create table api_estimateitem (
      id integer primary key, estimate_id integer, section text, name text, unit text,
      quantity decimal, price decimal, total decimal, color text
    );
    insert into api_client values
      (1, 'ООО «Ромашка»', '8 (912) 345-67-89', 'a@b.ru', 7),
      (2, 'Мария', 'не знаю', null, null);
    insert into api_project values (5, 'Ленина 12', 'Екатеринбург, Ленина 12', 1);
    insert into api_estimate values
      (10, '15-А', 1, 5, null, null, null, 5420.35, 'Иван Прораб', 'approved', '2024-03-01'),
      (11, '16', null, null, 'Сергей', '+7 922 000-00-01', 's@b.ru', 100, 'Уволенный', 'draft', ''),
      (12, '17', null, null, 'сергей', '8 922 000-00-01', '', null, null, null, null);
    insert into api_estimateitem values
      (1, 10, 'Стены', 'Штукатурка', 'кв.м', 12.1, 350.5, 4241.05, 'белый'),
      (2, 10, 'Материалы', 'Смесь 25кг', 'меш', 3, 393.1, 1179.3, null),
      (3, 10, 'Стены', '', 'м2', 1, 1, 1, null),
      (4, 11, null, 'Розетка', 'шт', 'много', 100, 100, null),
      (5, 11, null, 'Кабель', 'м', 0.1, 0.2, 0.02, null);
  `);
  database.close();
}

async function run(...argv: string[]) {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "import_command.ts"),
      ...argv,
    ],
    {
      env: programEnvironment({ DATABASE_URL: work.database.url }),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: Buffer.concat(chunks).toString("utf8").replaceAll("\u00a0", " ") };
}

const bring = (...more: string[]) => run("sqlite", file, "--company", owner.companyId, ...more);

async function count(): Promise<Record<string, number>> {
  const [row] = await work.database.sql<Record<string, number>[]>`
    select
      (select count(*)::int from clients where company_id = ${owner.companyId}) as clients,
      (select count(*)::int from projects where company_id = ${owner.companyId}) as projects,
      (select count(*)::int from estimates where company_id = ${owner.companyId}) as estimates,
      (select count(*)::int from estimate_lines where company_id = ${owner.companyId}) as lines,
      (select count(*)::int from imported_records where company_id = ${owner.companyId}) as records,
      (select count(*)::int from telegram_notifications where company_id = ${owner.companyId})
        as notifications
  `;
  return row ?? {};
}

const everything = {
  clients: 3,
  projects: 1,
  estimates: 3,
  lines: 3,
  records: 7,
  notifications: 0,
};

describe("the import of the former program's database", () => {
  it("brings clients, objects and estimates with their lines, exact to the kopeck", async () => {
    const { code, output } = await bring();
    expect(output).toContain("Готово.");
    expect(code).toBe(0);
    expect(await count()).toEqual(everything);
    const { items } = await work.asActor(foreman, ({ estimates }) => estimates.list({}));
    // His own one; the others were made by nobody of the team.
    expect(items).toMatchObject([
      { title: "№ 15-А", projectTitle: "Ленина 12", clientName: "ООО «Ромашка»" },
    ]);
    const { card, content } = await work.asActor(foreman, ({ estimates }) =>
      estimates.content(items[0]?.id ?? ""),
    );
    expect(card.sections.map(({ title, kind }) => [title, kind])).toEqual([
      ["Стены", "work"],
      ["Материалы", "material"],
    ]);
    expect(formatMoney(card.totals.total)).toBe("5420.35");
    const names = [...content.lines.values()].map(({ name, unit, priceSource }) => [
      name,
      unit,
      priceSource,
    ]);
    expect(names).toContainEqual(["Штукатурка", "м²", expect.any(String)]);
  });

  it("says what it could not read, and where the former sum was another", async () => {
    const { output } = await bring();
    expect(output).toContain("Клиенты: перенесено 3, уже были 0, не перенесено 0");
    expect(output).toContain("Сметы: перенесено 3, уже были 0, не перенесено 0");
    expect(output).toContain("Не читались таблицы: django_migrations");
    expect(output).toContain("Смета 15-А: строка без названия");
    expect(output).toContain("Смета 16: «Розетка»: количество не читается");
    expect(output).toContain("Смета 16: в прежней программе 100,00 ₽, по строкам 0,02 ₽");
  });

  it("doubles nothing when it runs again, and then brings only what is new", async () => {
    await bring();
    const again = await bring();
    expect(again.output).toContain("Сметы: перенесено 0, уже были 3");
    expect(await count()).toEqual(everything);
    const database = new DatabaseSync(file);
    database.exec(`insert into api_client values (3, 'Новый', '', '', null)`);
    database.close();
    const third = await bring();
    expect(third.output).toContain("Клиенты: перенесено 1, уже были 2");
    expect(await count()).toEqual({ ...everything, clients: 4, records: 8 });
  });

  it("writes nothing in a dry run, whose report is that of the real one", async () => {
    const dry = await bring("--dry-run");
    expect(dry.output).toMatch(/^Проверка: ничего не записано/);
    expect(await count()).toEqual({
      clients: 0,
      projects: 0,
      estimates: 0,
      lines: 0,
      records: 0,
      notifications: 0,
    });
    const real = await bring();
    expect(real.output.split("\n").slice(1)).toEqual(dry.output.split("\n").slice(1));
  });

  it("keeps columns that it does not know, and forgets them with the person", async () => {
    await bring();
    const { companyId } = owner;
    const read = () => work.database.sql<{ id: string; extra: unknown }[]>`
      select thing_id as id, extra
      from imported_records
      where company_id = ${companyId} and kind = 'client' and source_id = '1'
    `;
    const [record] = await read();
    expect(record?.extra).toEqual({ loyalty: 7 });
    const readEstimate = () => work.database.sql<{ extra: unknown }[]>`
      select extra from imported_records
      where company_id = ${companyId} and kind = 'estimate' and source_id = '10'
    `;
    expect((await readEstimate())[0]?.extra).toMatchObject({
      status: "approved",
      // The third could not be brought: all of it is kept.
      items: [
        { id: "1", color: "белый" },
        { id: "3", section: "Стены", unit: "м2" },
      ],
    });
    await work.database.sql`
      update clients set erased_at = now()
      where company_id = ${companyId} and id = ${record?.id ?? ""}
    `;
    expect((await read())[0]?.extra).toEqual({});
    expect((await readEstimate())[0]?.extra).toEqual({});
  });

  it("keeps files of different names apart", async () => {
    await bring();
    const { output } = await bring("--source", "второй");
    expect(output).toContain("Клиенты: перенесено 3, уже были 0");
  });

  it("names what is wrong with the file or the words, and ends with code 1", async () => {
    const broken = join(folder, "broken.sqlite3");
    await writeFile(broken, (await readFile(file)).subarray(0, 3_000));
    const text = join(folder, "text.sqlite3");
    await writeFile(text, "no database at all, but long enough to be looked at as if it were one");
    const other = join(folder, "other.sqlite3");
    const database = new DatabaseSync(other);
    database.exec("create table notes (id integer)");
    database.close();
    for (const path of [broken, text, other, join(folder, "none.sqlite3")]) {
      const { code, output } = await run("sqlite", path, "--company", owner.companyId);
      expect(output).toMatch(/^[А-Я][^\n]+\n$/);
      expect(code).toBe(1);
    }
    expect((await run("sqlite", file, "--company", foreman.userId)).output).toContain(
      `${owner.companyId}  `,
    );
    expect((await run("excel", file)).output).toContain("npm run import");
  });
});
