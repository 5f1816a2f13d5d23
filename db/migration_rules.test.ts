import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXCEPTIONS, findMigrationProblems, FIRST_RELEASE } from "./migration_rules.ts";

const directory = join(import.meta.dirname, "migrations");

describe("the rules of migrations", () => {
  it("hold in every migration since the first release", async () => {
    const files = (await readdir(directory)).filter((file) => file.endsWith(".sql"));
    expect(files.length).toBeGreaterThan(2);
    const bad: object[] = [];
    for (const file of files.filter((name) => name > FIRST_RELEASE)) {
      const problems = findMigrationProblems(await readFile(join(directory, file), "utf8"));
      bad.push(...problems.map((problem) => ({ file, ...problem })));
    }
    const excepted = EXCEPTIONS.map(({ file, statement, reason }) => ({
      file,
      rule: expect.any(String),
      statement: expect.stringMatching(new RegExp(`^${statement}`)),
      isReasoned: reason.length > 20,
    }));
    // An exception that nothing needs any more is one too many.
    expect(bad.map((problem) => ({ ...problem, isReasoned: true }))).toEqual(excepted);
  });

  it.each([
    "alter table clients drop column note;",
    "alter table clients drop note;",
    "alter table clients add rank int, drop if exists note;",
    "drop table clients;",
    "alter table clients rename column note to remark;",
    "alter table clients rename to customers;",
    "alter table clients alter column note type varchar(10);",
    "alter table clients add column rank int not null;",
    "alter table clients add rank int not null",
    "alter table clients add constraint a check (rank > 0);",
    "alter table clients add constraint a foreign key (x) references y (x);",
    "update clients set note = '';",
    "alter table clients alter column note set not null;",
    "alter table clients add constraint a unique (inn);",
    "alter table clients add primary key (id);",
    "delete from clients;",
    "truncate clients;",
    "lock table clients in exclusive mode;",
    "drop view open_sessions;",
    "drop materialized view if exists sums;",
    "drop function current_company();",
    "drop procedure forget;",
    "drop type kind;",
    "drop sequence numbers;",
    "create index clients_by_inn on clients (inn);",
    "create index on clients (inn);",
    "create index if not exists clients_by_inn on only clients using btree (inn) where inn <> '';",
    "CREATE UNIQUE INDEX clients_by_inn\n  ON clients (inn)",
    "create table ranks (id int); create index clients_by_inn on clients (inn);",
    "drop index clients_by_inn;",
    "reindex table clients;",
    "vacuum full clients;",
    "cluster clients using clients_pkey;",
    "drop index concurrently if exists a; create index concurrently a on clients (inn); select 1;",
    "create index concurrently a on clients (inn);",
    "create unique index concurrently if not exists a on clients (inn);",
    "drop index concurrently a;\nalter table clients add column rank int;",
  ])("refuse: %s", (statement) => {
    expect(findMigrationProblems(statement)).toHaveLength(1);
  });

  it.each([
    "create table ranks (id int not null); alter table ranks drop column id;",
    "alter table clients add column rank int not null default 0;",
    "alter table clients add column rank int;",
    "alter table clients drop constraint a, alter note drop not null, alter inn drop default;",
    "drop index concurrently if exists a; create unique index concurrently a on clients (inn);",
    "drop index concurrently a;",
    "drop index concurrently if exists a;\n-- anew\ncreate index concurrently a on clients (inn);",
    "create table ranks (id int); create unique index on ranks (id); create index a on ranks (id);",
    "create or replace view open_sessions as select 1;",
    "create or replace function f() returns int language sql as 'drop view a; select 1';",
    "-- create index a on clients (inn);\nselect 1;",
    "-- safe: eleven rows\ncreate index a on companies (inn);",
    "comment on function f() is 'drop function f; create index a on clients (inn);';",
    "alter table clients add constraint a check (rank > 0) not valid;",
    "alter table clients validate constraint a;",
    "update clients set note = '' where id = any(array[1]);",
    "delete from clients where id = any(array[1]);",
    "alter table clients add constraint a unique using index a;",
    "-- alter table clients drop column note;\nselect 1;",
    "-- safe: nobody has read it since 1.4\nalter table clients drop column note;",
    "comment on table clients is 'drop column; update x set y;';",
    "create function f() returns int language plpgsql as $$ begin update a set b = 1; end $$;",
  ])("allow: %s", (statement) => {
    expect(findMigrationProblems(statement)).toEqual([]);
  });
});
