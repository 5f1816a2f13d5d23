import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { tenantTransaction } from "../db/transactions.ts";
import { programEnvironment } from "../db/testing_environment.ts";
import { insertCompany } from "../db/companies.ts";
import { insertMembership } from "../db/memberships.ts";
import type { CrmAccess } from "../domain/crm.ts";
import type { Id } from "../domain/ids.ts";
import {
  type FakeProcess,
  type FakeProcessSetup,
  startFakeProcess,
} from "../server/crm/fake/process.ts";
import { newId } from "../server/new_id.ts";
import { readStartFlags } from "../server/testing_program.ts";
import type { Bench } from "./database.ts";
import type { Row } from "./measure.ts";

const MEMORY_GOAL = 60; // MB
const MEGABYTE = 1024 * 1024;
/** A manager edits so many at once, then looks out of the window. */
const EDITED_TOGETHER = 50;
const PAUSE = 1100; // ms

interface Crm {
  readonly name: string;
  readonly setup: FakeProcessSetup;
  /** Records that one request brings; and requests for everything but contacts, counting included. */
  readonly ofRequest: number;
  readonly beside: number;
  readonly hourly: number;
  access(fake: FakeProcess): CrmAccess;
  /** As another program there would: some contacts get a new name. */
  rename(fake: FakeProcess, ids: readonly string[]): Promise<Response>;
}

const CRMS: readonly Crm[] = [
  {
    name: "Bitrix24",
    setup: { service: "bitrix24", options: { burst: 1_000_000 } },
    ofRequest: 2500,
    beside: 5,
    hourly: 3,
    access: ({ credential }) => ({ kind: "bitrix24", url: credential }),
    rename: ({ credential }, ids) => {
      const edits = ids.map((id) => [
        `e${id}`,
        `crm.item.update?entityTypeId=3&id=${id}&fields[name]=Правка`,
      ]);
      return post(`${credential}batch`, "POST", { cmd: Object.fromEntries(edits) });
    },
  },
  {
    name: "amoCRM",
    setup: { service: "amocrm", options: { rate: 1_000_000 } },
    ofRequest: 250,
    beside: 5,
    hourly: 6,
    access: ({ url, credential }) => ({ kind: "amocrm", domain: url, token: credential }),
    rename: ({ url, credential }, ids) =>
      post(
        `${url}/api/v4/contacts`,
        "PATCH",
        ids.map((id) => ({ id: Number(id), name: "Правка" })),
        { authorization: `Bearer ${credential}` },
      ),
  },
];

async function post(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the fake answered ${answer.status}`);
  return answer;
}

const scanned = z.object({
  records: z.number(),
  requests: z.number(),
  seconds: z.number(),
  idle: z.number(),
  peak: z.number(),
});
type Scanned = z.output<typeof scanned>;

/** Cold scans, from a CRM's HTTP to our clients, then a hundredth of the contacts changes there. */
export async function measureCrm(bench: Bench, contacts: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const crm of CRMS) rows.push(...(await measureOne(bench, crm, contacts)));
  return rows;
}

async function measureOne(bench: Bench, crm: Crm, contacts: number): Promise<Row[]> {
  const companyId = await addCompany(bench);
  const fake = await startFakeProcess({ ...crm.setup, contacts, companies: 0 });
  try {
    const access = crm.access(fake);
    const cold = await scanInProcess(bench, companyId, access);
    const copied = await copySameRows(bench, companyId);
    await renameSome(bench, companyId, (ids) => crm.rename(fake, ids));
    const hourly = await scanInProcess(bench, companyId, access);
    return rowsOf(crm, contacts, { cold, hourly, copied });
  } finally {
    await fake.close();
  }
}

function rowsOf(
  { name, ofRequest, beside, hourly: mostHourly }: Crm,
  contacts: number,
  { cold, hourly, copied }: { cold: Scanned; hourly: Scanned; copied: Copied },
): Row[] {
  const ours = cold.records / cold.seconds;
  const floor = copied.rows / copied.seconds;
  const mostCold = Math.ceil(contacts / ofRequest) + beside;
  const growth = (cold.peak - cold.idle) / MEGABYTE;
  const atMost = { at: "most", ratio: 1 } as const;
  return [
    {
      work: `${cold.records} records of ${name} read, matched, written as clients and bound`,
      ours: `${Math.round(ours)} rows/s`,
      peer: `bare COPY of the same records: ${Math.round(floor)} rows/s`,
      ratio: ours / floor,
      goal: null,
    },
    {
      work: `requests to ${name} for them`,
      ours: String(cold.requests),
      peer: String(mostCold),
      ratio: cold.requests / mostCold,
      goal: atMost,
    },
    {
      work: `memory of that scan of ${name} over the idle process`,
      ours: `${Math.round(growth)} MB`,
      peer: `${MEMORY_GOAL} MB`,
      ratio: growth / MEMORY_GOAL,
      goal: atMost,
    },
    {
      work: `requests to ${name} when ${hourly.records} of them changed`,
      ours: String(hourly.requests),
      peer: String(mostHourly),
      ratio: hourly.requests / mostHourly,
      goal: atMost,
    },
  ];
}

/** Of its own: two CRMs of one company would meet in the same clients. */
async function addCompany({ sql, actor }: Bench): Promise<Id> {
  const companyId = newId();
  await tenantTransaction(sql, companyId, async (tx) => {
    await insertCompany(tx, companyId, { name: "Замер CRM" });
    await insertMembership(tx, companyId, { userId: actor.userId, role: "owner" });
  });
  return companyId;
}

async function scanInProcess(
  { url, actor }: Bench,
  companyId: Id,
  access: CrmAccess,
): Promise<Scanned> {
  const program = join(import.meta.dirname, "crm_scan.ts");
  // As `npm start` runs: docs/decisions/0028-memory-of-a-scan.md.
  const options = [...readStartFlags(), program];
  const given = [url, companyId, actor.userId, JSON.stringify(access)];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, ...given], {
    env: programEnvironment({}),
  });
  return scanned.parse(JSON.parse(stdout));
}

async function renameSome(
  { sql }: Bench,
  companyId: Id,
  rename: (ids: readonly string[]) => Promise<Response>,
): Promise<void> {
  const rows = await sql<{ remote_id: string }[]>`
    select remote_id
    from (
      select remote_id, row_number() over (order by remote_id::bigint) as place
      from crm_clients
      where company_id = ${companyId} and entity = 'contact'
    ) as numbered
    where place % 100 = 0
    order by place
  `;
  const ids = rows.map(({ remote_id: id }) => id);
  for (let at = 0; at < ids.length; at += EDITED_TOGETHER) {
    await rename(ids.slice(at, at + EDITED_TOGETHER));
    await sleep(PAUSE);
  }
}

interface Copied {
  readonly rows: number;
  readonly seconds: number;
}

/** The floor: the records alone, by one COPY in one transaction. */
async function copySameRows({ sql }: Bench, companyId: Id): Promise<Copied> {
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
