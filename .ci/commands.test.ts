import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";

/** Every command that a page tells people to type: run by a test or a step, or the reason why not. */

const ROOT = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read("package.json")));

type Proof =
  /** The file in which `words` stand: what the command comes to. */
  { readonly file: string; readonly words: string } | { readonly reason: string };

const START = { file: "server/newcomer.test.ts", words: "npm ci && npm start" };
const COMMANDS: Readonly<Record<string, Proof>> = {
  "npm ci": { file: ".ci/run", words: "npm ci" },
  "npm start": START,
  "npm test": { file: ".ci/run", words: "npm test" },
  "npm run check": { file: ".ci/run", words: "npm run check" },
  "npm run audit": { file: ".ci/run", words: "npm run --silent audit" },
  "npm run sbom": { file: ".ci/dependencies.test.ts", words: "listParts(ROOT)" },
  "npm run rooms": { file: ".ci/rooms.test.ts", words: "readRooms(" },
  "npm run dev": { reason: "watches files until it is stopped; it starts what npm start starts" },
  "npm run format": {
    reason: "rewrites this folder; npm run check proves that it has nothing to do",
  },
  "npm run coverage": { reason: "runs every test once more; its figures: coverage.test.ts" },
  "npm run mutation": { reason: "takes an hour; its figures are in docs/mutation.md" },
  "BOT_TOKEN=123456:ABC… npm start": {
    reason: "needs a real token; the bot meets a strict Telegram",
  },
  "git clone <this repository> smetka": { reason: "needs the address of the repository" },
  "cd smetka": { reason: "the clone" },
  "cp .env.example .env": { file: "server/image.test.ts", words: ".env.example" },
  "chmod 600 .env": { reason: "rights of a file on the server" },
  "mkdir backups": { reason: "a folder on the server" },
  "chown 1000:1000 backups": { reason: "needs root" },
  "docker compose --profile one --profile tls up -d --build": { reason: "needs Docker" },
  "docker compose ps": { reason: "needs Docker" },
  "createdb smetka_restored": { reason: "needs PostgreSQL's own tools" },
  "DATABASE_URL=postgres://…/smetka_restored npm run restore -- backups/smetka-2026-11-25.gz": {
    file: "server/backup_command.test.ts",
    words: '"restore"',
  },
};

/** Pages of which one test runs every block as written. */
const RUN_WHOLE: Readonly<Record<string, string>> = {
  "docs/api.md": "server/routes/api_docs.test.ts",
};

function pages(): string[] {
  const listed = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" });
  return listed.trim().split("\n");
}

/** The commands of fenced `sh` blocks, one by one. */
function commandsOf(page: string): string[] {
  const blocks = [...read(page).matchAll(/^```(?:sh|bash)\n([^]*?)^```/gm)];
  return blocks
    .flatMap(([, text = ""]) => text.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "")
    .flatMap((line) => line.split(" && "));
}

describe("the commands of the pages", () => {
  const others = pages().filter((page) => !Object.hasOwn(RUN_WHOLE, page));
  const found = new Set(others.flatMap(commandsOf));

  it.each(Object.entries(RUN_WHOLE))("are run as a whole: %s", (page, test) => {
    expect(read(test)).toContain(page);
  });

  it.each([...found])("are run or have a reason: %s", (command) => {
    const proof = COMMANDS[command];
    expect([command, proof === undefined ? "nobody runs it" : "known"]).toEqual([command, "known"]);
    const isRun = proof && "file" in proof ? read(proof.file).includes(proof.words) : true;
    expect([command, isRun]).toEqual([command, true]);
  });

  it("are all still there", () => {
    expect(Object.keys(COMMANDS).filter((command) => !found.has(command))).toEqual([]);
  });

  it("name only scripts that there are, also in running text", () => {
    const named = pages().flatMap((page) =>
      [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => `${page}: ${name}`),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !Object.hasOwn(scripts, name.split(": ")[1] ?? ""))).toEqual([]);
  });
});

it("starting is a build and the program, as the tests start it", () => {
  // See docs/decisions/0028-memory-of-a-scan.md.
  const program = [
    "node",
    "--max-semi-space-size=4",
    "--heap-growing-percent=30",
    "server/main.ts",
  ];
  expect(scripts["start"]).toBe(`node miniapp/build.ts && exec ${program.join(" ")}`);
  expect(read("Dockerfile")).toContain(`CMD ${JSON.stringify(program).replaceAll(",", ", ")}`);
  expect(read("server/testing_program.ts")).toContain("main.ts");
});

it("runs as written: npm run sbom", () => {
  const output = execFileSync("npm", ["run", "--silent", "sbom"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(JSON.parse(output)).toMatchObject({ bomFormat: "CycloneDX" });
}, 180_000);
