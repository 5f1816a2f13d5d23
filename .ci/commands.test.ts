import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

/** Every command that a page tells people to type, against the table of `docs/commands.md`. */

const ROOT = join(import.meta.dirname, "..");
const TABLE = "docs/commands.md";
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read("package.json")));

interface Row {
  readonly command: string;
  /** The file in which `words` stand: what the command comes to. */
  readonly proof: { readonly file: string; readonly words: string } | null;
  readonly reason: string;
}

function rows(): Row[] {
  const shape =
    /^\| `(?<command>[^`]+)` \|(?: `(?<file>[^`]+)` «(?<words>.+)»)? \| ?(?<reason>.*?) ?\|$/;
  return read(TABLE)
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const groups = shape.exec(line)?.groups;
      if (!groups) throw new Error(`not a row of ${TABLE}: ${line}`);
      const { command = "", file, words, reason = "" } = groups;
      return { command, proof: file && words ? { file, words } : null, reason };
    });
}

/** Pages of which one test runs every block as written. */
const RUN_WHOLE: Readonly<Record<string, string>> = {
  "docs/api.md": "server/routes/api_docs.test.ts",
};
/** What blocks of a page may be: a block of commands must not hide under another name. */
const LANGUAGES = new Set(["sh", "ts", "js", "mermaid"]);
const FENCE = /^ *```(.*)\n([^]*?)^ *```$/gm;
const PROGRAM =
  /^(?:[A-Z_]+=\S+ )*(?:npm|npx|node|bash|sh|docker|git|createdb|psql|curl|cp|mkdir|chmod|chown) /;

function pages(): string[] {
  const listed = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" });
  return listed
    .trim()
    .split("\n")
    .filter((page) => page !== TABLE);
}

function blocksOf(page: string): { language: string; text: string }[] {
  return [...read(page).matchAll(FENCE)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

/** The commands of blocks, and those that stand in the text. */
function commandsOf(page: string): string[] {
  const lines = blocksOf(page)
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim());
  const inText = [
    ...read(page)
      .replace(FENCE, "")
      .matchAll(/`([^`\n]+)`/g),
  ]
    .map(([, words = ""]) => words)
    .filter((words) => PROGRAM.test(words));
  return [...lines, ...inText].filter((line) => line !== "").flatMap((line) => line.split(" && "));
}

describe("the commands of the pages", () => {
  const found = new Set(
    pages().flatMap((page) => (Object.hasOwn(RUN_WHOLE, page) ? [] : commandsOf(page))),
  );
  const known = new Map(rows().map((row) => [row.command, row]));

  it("are in blocks that say what they are", () => {
    const blocks = pages().flatMap((page) =>
      blocksOf(page).map(({ language }) => ({ page, language })),
    );
    expect(blocks.length).toBeGreaterThan(10);
    expect(blocks.filter(({ language }) => !LANGUAGES.has(language))).toEqual([]);
  });

  it.each(Object.entries(RUN_WHOLE))("are run as a whole: %s", (page, test) => {
    expect(read(test)).toContain(page);
  });

  it.each([...found])("are run or have a reason: %s", (command) => {
    const row = known.get(command);
    expect([command, row === undefined ? "nobody runs it" : "known"]).toEqual([command, "known"]);
    const isRun = row?.proof ? read(row.proof.file).includes(row.proof.words) : null;
    // One of both, and never neither.
    expect([command, isRun ?? row?.reason !== ""]).toEqual([command, true]);
    expect([command, row?.proof === null || row?.reason === ""]).toEqual([command, true]);
  });

  it("are all still there", () => {
    expect([...known.keys()].filter((command) => !found.has(command))).toEqual([]);
  });

  it("name only scripts that there are, also in running text", () => {
    const named = pages().flatMap((page) =>
      [...read(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => `${page}: ${name}`),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !Object.hasOwn(scripts, name.split(": ")[1] ?? ""))).toEqual([]);
  });
});

/** The lines of the runbook that need no Docker, typed one after another into an empty folder. */
it("runs as written: the first steps on a server", async () => {
  const block = blocksOf("docs/runbook.md").find(({ language }) => language === "sh");
  const typed = (block?.text ?? "")
    .split("\n")
    .filter((line) => !line.startsWith("docker "))
    .join("\n")
    .replace("<this repository>", ROOT);
  expect(typed).toContain("cp .env.example .env");
  const folder = await mkdtemp(join(tmpdir(), "smetka-server-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  // Only root gives a folder away.
  const mayGive = process.getuid?.() === 0;
  const commands = mayGive ? typed : typed.replace("chown", "test -d certificates || chown");
  execFileSync("sh", ["-e", "-c", commands], { cwd: folder, stdio: "pipe" });
  const made = join(folder, "smetka");
  expect((await stat(join(made, ".env"))).mode & 0o777).toBe(0o600);
  const { uid } = await stat(join(made, "backups"));
  expect(uid).toBe(mayGive ? 1000 : process.getuid?.());
});

it("starting is a build and the program, as the tests start it", () => {
  // See docs/decisions/0028-memory-of-a-scan.md and 0040-optimised-early.md.
  const program = [
    "node",
    "--v8-pool-size=1",
    "--min-semi-space-size=4",
    "--max-semi-space-size=8",
    "--heap-growing-percent=30",
    "--no-parallel-scavenge",
    "--no-allocation-site-pretenuring",
    "--invocation-count-for-turbofan=500",
    "server/main.ts",
  ];
  // What is compiled is kept for the next start.
  const kept = "export NODE_COMPILE_CACHE=node_modules/.cache/smetka";
  expect(scripts["start"]).toBe(`${kept} && node miniapp/build.ts && exec ${program.join(" ")}`);
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
