import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** What can be told by reading the program itself. */

const ROOT = new URL("../../", import.meta.url).pathname;

function sourcesOf(...rooms: readonly string[]): { path: string; text: string }[] {
  return rooms.flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" })
      .map((name) => `${room}/${name}`)
      .filter(
        (path) =>
          /\.tsx?$/.test(path) && !/\.test\.tsx?$|\/testing|\/fake\/|simulator\//.test(path),
      )
      .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") })),
  );
}

function linesWith(pattern: RegExp, ...rooms: readonly string[]): string[] {
  return sourcesOf(...rooms).flatMap(({ path, text }) =>
    text
      .split("\n")
      .filter((line) => pattern.test(line) && !/^\s*(\*|\/\/)/.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

describe("secrets", () => {
  it("are compared in constant time, or looked up by their hash", () => {
    const secret = String.raw`\b(?:\w+\.)*\w*([sS]ecret|[sS]ignature|[pP]assword|apiKey|apiToken)\b`;
    const comparisons = linesWith(
      new RegExp(`${secret}\\s*[!=]==\\s*(?!null|undefined|"")|[!=]==\\s*${secret}`),
      "server",
      "bot",
      "db",
    );
    expect(comparisons).toEqual([]);
    for (const path of ["server/auth/init_data.ts", "server/crm/same_secret.ts"]) {
      expect(readFileSync(join(ROOT, path), "utf8")).toContain("timingSafeEqual(");
    }
    expect(readFileSync(join(ROOT, "server/routes/telegram.ts"), "utf8")).toContain(
      "createSecretCheck(webhook.secret)",
    );
  });

  it("are stored as hashes alone; only the sealed keys of CRMs can be read back", () => {
    const columns = readdirSync(join(ROOT, "db/migrations"))
      .flatMap((name) => readFileSync(join(ROOT, "db/migrations", name), "utf8").split("\n"))
      .filter((line) => /^\s+\w*(token|secret)\w* (text|bytea|varchar)/.test(line));
    expect(columns.length).toBeGreaterThan(2);
    expect(columns.filter((line) => !/^\s+(token_hash|secrets) bytea/.test(line))).toEqual([]);
  });
});

describe("SQL", () => {
  it("is made of templates with parameters; text as a statement is in known places only", () => {
    const places = linesWith(/\.unsafe\(/, "server", "bot", "db").map((line) => line.split(":")[0]);
    expect(new Set(places)).toEqual(new Set(KNOWN_STATEMENTS));
  });
});

/** Libraries ask in texts of their own; the rest is quoted by PostgreSQL or made of its catalogue. */
const KNOWN_STATEMENTS = [
  "db/backup.ts",
  "db/claimed_fetch.ts",
  "db/pool_figures.ts",
  "db/pools.ts",
  "db/restore.ts",
  "db/statements.ts",
  "db/transactions.ts",
  "server/jobs/job_board.ts",
];

describe("an uploaded archive", () => {
  it("is unpacked in memory: what reads it knows no files and no programs", () => {
    expect(sourcesOf("server/imports").length).toBeGreaterThan(5);
    expect(linesWith(/node:(fs|child_process)/, "server/imports")).toEqual([]);
  });
});

describe("what runs text", () => {
  it("is nowhere: no eval, no HTML from a string, no shell", () => {
    expect(
      linesWith(
        /\beval\(|new Function\(|dangerouslySetInnerHTML|\.innerHTML\s*=|insertAdjacentHTML|document\.write|shell:\s*true|\bexecSync?\(/,
        "server",
        "bot",
        "db",
        "domain",
        "miniapp/src",
      ).filter((line) => !/\.exec\(/.test(line)),
    ).toEqual([]);
  });

  it("is no HTML that goes round the escaping, but for the page's own style and script", () => {
    const places = linesWith(/\braw\(/, "server", "bot").map((line) => line.split(":")[0]);
    expect([...new Set(places)]).toEqual(["server/pages/layout.ts"]);
  });
});
