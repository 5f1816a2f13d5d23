import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRooms } from "./rooms.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "smetka-rooms-"));
  for (const room of ["domain", "db", "bot", "miniapp", "server"]) {
    await put(`${room}/${room}.ts`, `export const ${room} = 1;\n`);
  }
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

describe("the rules of the rooms", () => {
  it("let everything point at the domain, and the server at db and bot", async () => {
    await put(
      "bot/chat.ts",
      'import { domain } from "../domain/domain.ts";\nexport const chat = domain;\n',
    );
    await put("server/main.ts", 'import { db } from "../db/db.ts";\nexport const main = db;\n');
    const report = await readRooms(folder);
    expect(report.violations).toEqual([]);
    expect([...report.arrows.keys()].sort()).toEqual(["bot → domain", "server → db"]);
  });

  it.each([
    ["bot", "server"],
    ["bot", "db"],
    ["db", "bot"],
    ["domain", "db"],
    ["miniapp", "server"],
  ])("refuse %s → %s", async (from, to) => {
    await put(
      `${from}/wrong.ts`,
      `import { ${to} } from "../${to}/${to}.ts";\nexport const wrong = ${to};\n`,
    );
    const { violations } = await readRooms(folder);
    expect(violations.join()).toContain(`${from}/wrong.ts → ${to}/${to}.ts`);
  });

  it("refuse a wrong import of a type, too", async () => {
    await put("server/app.ts", "export type App = string;\n");
    await put(
      "bot/wrong.ts",
      'import type { App } from "../server/app.ts";\nexport const wrong: App = "";\n',
    );
    expect((await readRooms(folder)).violations.join()).toContain("bot/wrong.ts → server/app.ts");
  });

  it("refuse input and output in the domain", async () => {
    await put(
      "domain/wrong.ts",
      'import { readFile } from "node:fs/promises";\nexport const wrong = readFile;\n',
    );
    expect((await readRooms(folder)).violations.join()).toContain("domain-is-pure");
  });

  it("refuse a circle", async () => {
    await put("db/a.ts", 'import { b } from "./b.ts";\nexport const a = () => b;\n');
    await put("db/b.ts", 'import { a } from "./a.ts";\nexport const b = () => a;\n');
    expect((await readRooms(folder)).violations.join()).toContain("no-cycles");
  });
});
