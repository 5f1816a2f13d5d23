import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url).pathname;
const ROW = /^\| (?<threat>[^|`]+) \| `(?<path>[^`]+\.test\.tsx?)` «(?<title>.+)» \|$/;

/** Every row of the table, the head left out. */
function rows(): string[] {
  const lines = readFileSync(join(ROOT, "SECURITY.md"), "utf8").split("\n");
  return lines.filter((line) => line.startsWith("|")).slice(2);
}

describe("the list of threats", () => {
  it("is there", () => {
    expect(rows().length).toBeGreaterThan(50);
  });

  it.each(rows())("%s", (row) => {
    const { path = "", title = "" } = ROW.exec(row)?.groups ?? {};
    expect([row, path === "" ? "no test is named" : path]).toEqual([row, path]);
    expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
    const titles = readFileSync(join(ROOT, path), "utf8").split("\n");
    const isTitle = (line: string) => new RegExp(`(^|[(\\s])["\`]`).test(line);
    expect(titles.some((line) => isTitle(line) && line.includes(title))).toBe(true);
    // A test that is left out proves nothing.
    expect(titles.filter((line) => /\b(it|test|describe)\.(skip|todo|only)\b/.test(line))).toEqual(
      [],
    );
  });
});
