import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { destroy } from "./destroying.ts";
import { type Fault } from "./fault.ts";
import { goBack } from "./going_back.ts";
import { openStage, type ProgramName, type Stage } from "./stage.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The database is gone. */
export const restoreFaults: readonly Fault[] = [
  {
    id: "29",
    name: "backup, the database destroyed, restore",
    isShort: false,
    isAlone: true,
    run: async (stage) => {
      const folder = await mkdtemp(join(tmpdir(), "smetka-kept-"));
      const file = join(folder, "smetka.gz");
      const names = [...stage.running().keys()];
      const env = { ...stage.environment, DATABASE_URL: stage.database.directUrl };
      try {
        const before = await checksums(stage);
        const start = performance.now();
        await runCommand(ROOT, "backup_command.ts", env, ["backup", file]);
        const saved = since(start);
        const { size } = await stat(file);
        await Promise.all(names.map((name) => stage.end(name, "SIGKILL")));
        await destroy(stage);
        const lost = performance.now();
        await runCommand(ROOT, "backup_command.ts", env, ["restore", file]);
        demandSame(before, await checksums(stage));
        await Promise.all(names.map((name: ProgramName) => stage.start(name)));
        return (
          `saved in ${saved} s (${Math.ceil(size / 1024)} KB), works again ${since(lost)} s after ` +
          `it was destroyed; ${before.length} tables equal, nothing of the past lost`
        );
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
  {
    id: "29b",
    name: "a backup is taken while people work, they work on, the database is destroyed: back to that moment",
    isShort: false,
    isAlone: true,
    openStage,
    run: goBack,
  },
];

function since(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

interface Checksum {
  readonly table: string;
  readonly digest: string;
}

/** Of everything that people made; queues and sessions go on meanwhile, and transactions are counted anew. */
const TABLES = [
  "companies",
  "memberships",
  "clients",
  "estimates",
  "estimate_sections",
  "estimate_lines",
  "estimate_changes",
  "estimate_revisions",
  "approvals",
  "crm_pushes",
  "telegram_notifications",
  "telegram_updates",
];

async function checksums({ database: { sql } }: Stage): Promise<Checksum[]> {
  const found: Checksum[] = [];
  for (const table of TABLES) {
    const [row] = await sql<{ digest: string }[]>`
      select md5(coalesce(string_agg(made.line, e'\n' order by made.line), '')) as digest
      from (
        select (to_jsonb(rows) - 'transaction_id')::text as line from ${sql(table)} as rows
      ) as made
    `;
    found.push({ table, digest: row?.digest ?? "" });
  }
  return found;
}

function demandSame(before: readonly Checksum[], after: readonly Checksum[]): void {
  const other = before.filter(({ digest }, index) => after[index]?.digest !== digest);
  if (other.length === 0) return;
  throw new Error(`other rows: ${other.map(({ table }) => table).join(", ")}`);
}
