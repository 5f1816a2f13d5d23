import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { listParts } from "./sbom.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const versionsSchema = z.record(z.string(), z.string());
const packageSchema = z.object({ dependencies: versionsSchema, devDependencies: versionsSchema });

const { dependencies, devDependencies } = packageSchema.parse(JSON.parse(read("package.json")));
const decision = read("docs/decisions/0001-dependencies.md");

/** Release by name, as the table of the decision has them. */
function tableOf(text: string): Map<string, string> {
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  return new Map(
    rows.flatMap((row) => {
      const cells = row.split("|").map((cell) => cell.trim());
      const pinned = (cells[4] ?? "").split(", ");
      return (cells[1] ?? "")
        .split(", ")
        .map((name, index) => [name, pinned[index] ?? ""] as const);
    }),
  );
}

describe("the decision on dependencies", () => {
  it.each(Object.entries(dependencies))("has a row for %s %s", (name, version) => {
    expect(tableOf(decision).get(name)).toBe(version);
  });

  it.each(Object.entries(devDependencies))("names %s %s for development", (name, version) => {
    const words = decision.slice(decision.indexOf("Development:")).split(/[\s,;()]+|\.(?=\s)/);
    const places = words.flatMap((word, index) => (word === name ? [index] : []));
    expect(places.map((place) => words[place + 1])).toContain(version);
  });
});

it("the list of parts has everything that the program depends on, by its release", () => {
  const { components } = listParts(ROOT);
  const parts = new Set(components.map((component) => component["bom-ref"]));
  for (const [name, version] of Object.entries(dependencies)) {
    expect(parts).toContain(`${name}@${version}`);
  }
  for (const name of ["vitest", "oxlint", "knip", "playwright-core", "bullmq"]) {
    expect(parts).not.toContain(`${name}@${devDependencies[name]}`);
  }
});
