import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findMigrationProblems, FIRST_RELEASE } from "./migration_rules.ts";

const directory = join(import.meta.dirname, "migrations");

describe("the rules of migrations", () => {
  it("hold in every migration since the first release", async () => {
    const files = (await readdir(directory)).filter((file) => file.endsWith(".sql"));
    expect(files.length).toBeGreaterThan(2);
    const bad: unknown[] = [];
    for (const file of files.filter((name) => name > FIRST_RELEASE)) {
      const problems = findMigrationProblems(await readFile(join(directory, file), "utf8"));
      bad.push(...problems.map((problem) => ({ file, ...problem })));
    }
    expect(bad).toEqual([]);
  });

  it.each([
    "alter table clients drop column note;",
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
  ])("refuse: %s", (statement) => {
    expect(findMigrationProblems(statement)).toHaveLength(1);
  });

  it.each([
    "create table ranks (id int not null); alter table ranks drop column id;",
    "alter table clients add column rank int not null default 0;",
    "alter table clients add column rank int;",
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
