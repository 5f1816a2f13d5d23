import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";
import { tenantRole } from "./transactions.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import type { Call } from "./testing_agreement_calls.ts";
import { CALLS_WITHOUT_COMPANY, TENANT_CALLS } from "./testing_calls.ts";
import { fillTestCompany, type TestThings } from "./testing_company.ts";
import { nobodysContract } from "./testing_contracts.ts";
import { nobodysCrm } from "./testing_crm.ts";
import { testId } from "./testing_ids.ts";

/** Files of this folder that hold no queries of companies. */
const NOT_QUERIES =
  /^(client[._]|pools|kept_pool|transactions|embedded|migrate|startup_error|testing|columns|patches|catalogue_keys|backup|restore|migration_|outages|replication)/;

let database: TestDatabase;
let ours: TestThings;
let theirs: TestThings;
/** Things that nobody has. What is another company's must look exactly like these. */
let nobodys: TestThings;
/** Digests every row of a company, in one round trip. */
let digestRows: string;
/** The other company as it is before every query: all of them are taken back. */
let untouched: string;

beforeAll(async () => {
  database = await createTestDatabase();
  ours = await fillTestCompany(database.sql, "Ромашка", 0);
  theirs = await fillTestCompany(database.sql, "Чужаки", 1);
  nobodys = {
    companyId: testId(),
    ownerId: testId(),
    managerId: testId(),
    // People belong to no company: what is inserted for them needs one who exists.
    foremanId: theirs.foremanId,
    strangerId: theirs.strangerId,
    name: "Ничьи",
    telegramId: 7_000_000_009,
    clientId: testId(),
    phone: "+79160000009",
    projectId: testId(),
    estimateId: testId(),
    sectionId: testId(),
    lineId: testId(),
    adjustmentId: testId(),
    roomId: testId(),
    photoId: testId(),
    changeId: testId(),
    itemId: testId(),
    listId: testId(),
    documentId: testId(),
    notificationId: testId(),
    deadLetterId: testId(),
    invitationId: testId(),
    revisionId: testId(),
    sha256: "0".repeat(64),
    linkId: testId(),
    questionId: testId(),
    exportId: testId(),
    apiKeyId: testId(),
    token: "nobody's token",
    vatRate: "7",
    ...nobodysCrm(9),
    ...nobodysContract(),
  };
  const rows = await database.sql<{ name: string }[]>`
    select relname as name
    from pg_class
    where relrowsecurity and relkind in ('r', 'p') and not relispartition
    order by 1
  `;
  const tables = rows.map(
    ({ name }) =>
      `select '${name}' as name, t::text as row from "${name}" as t where company_id = $1`,
  );
  digestRows = `
    select md5(string_agg(name || row, '|' order by name, row)) as digest
    from (${tables.join(" union all ")}) as rows
  `;
  untouched = await database.sql.begin(fingerprint);
});

afterAll(() => database.drop());

it("knows every query of this folder", async () => {
  const files = (await readdir(import.meta.dirname)).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !NOT_QUERIES.test(file),
  );
  const found: string[] = [];
  for (const file of files) {
    const exported: Record<string, unknown> = await import(
      pathToFileURL(join(import.meta.dirname, file)).href
    );
    for (const [name, value] of Object.entries(exported)) {
      const isQuery = typeof value === "function" && /\b(tx|sql)\b/.test(value.toString());
      if (isQuery) found.push(`${file.slice(0, -3)}.${name}`);
    }
  }
  expect(found.length).toBeGreaterThan(50);
  const known = [...Object.keys(TENANT_CALLS), ...Object.keys(CALLS_WITHOUT_COMPANY)];
  // A new query: say in testing_calls.ts how to call it.
  expect(known.toSorted()).toEqual(found.toSorted());
});

describe.each(Object.entries(TENANT_CALLS))("%s", (_, call) => {
  let own: Observation;
  let foreign: Observation;

  beforeAll(async () => {
    own = await run(call, theirs.companyId, theirs);
    foreign = await run(call, ours.companyId, theirs);
  });

  it("reaches the things of its own company", () => {
    expect(own.changedTheirs || own.outcome !== foreign.outcome).toBe(true);
  });

  it("does the same under the role that row-level security binds", async () => {
    expect(await run(call, theirs.companyId, theirs, tenantRole)).toEqual(own);
  });

  it("takes the things of another company for things that do not exist", async () => {
    const missing = await run(call, ours.companyId, nobodys);
    expect(foreign).toEqual({ ...missing, changedTheirs: false });
    expect(missing.leaked).toEqual([]);
  });
});

interface Observation {
  /** The result, or the refusal's code, without what differs from run to run. */
  readonly outcome: string;
  readonly changedTheirs: boolean;
  /** What only the other company knows and the result shows. */
  readonly leaked: readonly string[];
}

class Undo extends Error {}

/** Runs a query and takes it back. As the owner of the tables, unless a role is given: there only its own `where` guards. */
async function run(
  call: Call,
  companyId: Id,
  aim: TestThings,
  role?: string,
): Promise<Observation> {
  let observation: Observation | undefined;
  const undone = database.sql.begin(async (tx) => {
    const result = await tx
      .savepoint(async (inner) => {
        if (role) {
          await inner`
            select set_config('role', ${role}, true), set_config('app.company_id', ${companyId}, true)
          `;
        }
        const value = await call(inner, companyId, aim);
        await inner`reset role`;
        return { text: inspect(value, { depth: null, maxArrayLength: null }) };
      })
      .catch(refusal);
    const after = await fingerprint(tx);
    observation = {
      outcome: withoutDetails(result.text, aim),
      changedTheirs: after !== untouched,
      leaked: aim === theirs ? [] : marksOf(theirs).filter((mark) => result.text.includes(mark)),
    };
    throw new Undo();
  });
  await expect(undone).rejects.toBeInstanceOf(Undo);
  if (!observation) throw new Error("the query was not observed");
  return observation;
}

/** A broken key is an answer; anything else is a mistake of the query. */
function refusal(error: unknown): { text: string } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code !== "23503" && code !== "23505") throw error;
  return { text: `refused: ${code}` };
}

/** Changes with any row of the other company. */
async function fingerprint(tx: Transaction): Promise<string> {
  const [row] = await tx.unsafe<{ digest: string }[]>(digestRows, [theirs.companyId], {
    prepare: true,
  });
  if (!row?.digest) throw new Error("the other company has no rows");
  return row.digest;
}

function withoutDetails(text: string, aim: TestThings): string {
  return text
    .replaceAll(aim.name, "<name>")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<moment>");
}

function marksOf(things: TestThings): string[] {
  const { foremanId: _, strangerId: __, vatRate, telegramId, ...rest } = things;
  return [...Object.values(rest), String(telegramId), `rate: '${vatRate}'`];
}
