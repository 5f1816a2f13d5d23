import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { tenantTransaction } from "../db/client.ts";
import { startFakeProcess } from "../server/crm/fake/process.ts";
import type { Bench } from "./database.ts";
import type { Row } from "./measure.ts";

const CONTACTS = 100_000;
const MEMORY_GOAL = 60; // MB
const MEGABYTE = 1024 * 1024;

const scanned = z.object({
  records: z.number(),
  seconds: z.number(),
  idle: z.number(),
  peak: z.number(),
});

/** A cold scan of a portal, from its HTTP to our clients, and the memory that it takes. */
export async function measureCrm(bench: Bench): Promise<Row[]> {
  const fake = await startFakeProcess({ service: "bitrix24", contacts: CONTACTS });
  const { companyId, userId } = bench.actor;
  const { stdout } = await promisify(execFile)(process.execPath, [
    // As `npm start` runs.
    join(import.meta.dirname, "crm_scan.ts"),
    bench.url,
    companyId,
    userId,
    fake.credential,
  ]);
  const { records, seconds, idle, peak } = scanned.parse(JSON.parse(stdout));
  const copied = await copySameRows(bench);
  await fake.close();
  const growth = (peak - idle) / MEGABYTE;
  const ours = records / seconds;
  const floor = copied.rows / copied.seconds;
  return [
    {
      work: `${records} records of a CRM read, matched, written as clients and bound`,
      ours: `${Math.round(ours)} rows/s`,
      peer: `bare COPY of the same records: ${Math.round(floor)} rows/s`,
      ratio: ours / floor,
      goal: null,
    },
    {
      work: `memory of that scan over the idle process`,
      ours: `${Math.round(growth)} MB`,
      peer: `${MEMORY_GOAL} MB`,
      ratio: growth / MEMORY_GOAL,
      goal: { at: "most", ratio: 1 },
    },
  ];
}

/** The floor: the records alone, by one COPY in one transaction. */
async function copySameRows({ sql, actor }: Bench): Promise<{ rows: number; seconds: number }> {
  const { companyId } = actor;
  const lines: string[] = [];
  const cursor = sql`
    select remote_id, sync_data::text as data, remote_hash
    from crm_clients
    where company_id = ${companyId}
  `.cursor(10_000);
  for await (const rows of cursor) {
    for (const row of rows) {
      const data = String(row["data"]).replaceAll("\\", "\\\\");
      lines.push(`${companyId}\t${row["remote_id"]}\t${data}\t${row["remote_hash"]}\n`);
    }
  }
  await sql`create table bare_copy (company_id uuid, remote_id text, data jsonb, hash text)`;
  const started = performance.now();
  await tenantTransaction(sql, companyId, async (tx) => {
    await tx`reset role`;
    const stream = await tx`copy bare_copy from stdin`.writable();
    await new Promise<void>((resolve, reject) => {
      stream.on("error", reject);
      stream.on("finish", resolve);
      for (const line of lines) stream.write(line);
      stream.end();
    });
  });
  const seconds = (performance.now() - started) / 1000;
  await sql`drop table bare_copy`;
  return { rows: lines.length, seconds };
}
