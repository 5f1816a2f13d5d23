import { afterAll, beforeAll, expect, it } from "vitest";
import { fillTestCompany, type TestThings } from "../db/testing_company.ts";
import { type Id, packId } from "../domain/ids.ts";
import { createTestWork, type TestWork } from "../server/testing.ts";
import { actions } from "./actions.ts";
import { type Action, id } from "./callback_data.ts";
import { createSimulator, type Simulator } from "./simulator/simulator.ts";
import { settleIn, startTestBot, TEST_TOKEN, TEST_USERNAME, type TestBot } from "./testing.ts";
import { ACTION_WORDS } from "./testing_actions.ts";

/** Every button that names a thing, pressed by the owner of one company with the things of another. */

const NAME = "Чужедальнее";

let work: TestWork;
let simulator: Simulator;
let bot: TestBot;
let theirs: TestThings;

beforeAll(async () => {
  work = await createTestWork();
  theirs = await fillTestCompany(work.database.sql, NAME, 1);
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  bot = await startTestBot({ updates: work.updates, apiRoot: url });
  bot.poll();
});

afterAll(async () => {
  await bot.stop();
  await simulator.close();
  await work.close();
});

/** What a button may name, by the letter that its kind begins with. */
function thingsOf(letter: string): readonly Id[] {
  const known: Readonly<Record<string, readonly Id[]>> = {
    e: [theirs.estimateId, theirs.contractId],
    a: [theirs.revisionId, theirs.linkId, theirs.questionId],
    j: [theirs.deadLetterId],
    x: [theirs.contractId, theirs.extraId],
    d: [theirs.contractId, theirs.actId, theirs.signedActId],
    m: [theirs.contractId, theirs.paymentId, theirs.stageId],
    n: [theirs.projectId],
    l: [theirs.listId],
    t: [theirs.listId],
    c: [theirs.clientId],
    p: [theirs.projectId],
    k: [theirs.itemId],
    r: [theirs.connectionId, theirs.reviewId, theirs.eventId, theirs.deadLetterId],
    s: [theirs.companyId, theirs.foremanId, theirs.invitationId, theirs.apiKeyId],
  };
  const things = known[letter];
  if (!things) throw new Error(`what do buttons of ${letter} name?`);
  return things;
}

function presses(): string[] {
  const all = Object.values(actions) as unknown as Action<readonly unknown[]>[];
  return all
    .filter(({ fields }) => fields.some(({ read }) => read === id.read))
    .flatMap(({ name, fields }) =>
      thingsOf(name.slice(0, 1)).map((thing) => {
        const candidates = [packId(thing), "1", ...ACTION_WORDS, "-"];
        const texts = fields.map((field) => candidates.find((text) => field.read(text) !== null));
        return [name, ...texts].join(":");
      }),
    );
}

/** Every row of theirs, table by table. */
async function readRows(): Promise<Record<string, unknown>> {
  const { sql } = work.database;
  const tables = await sql<{ name: string }[]>`
    select table_name as name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'company_id' and table_type = 'BASE TABLE'
    order by 1
  `;
  const read = async (name: string) => {
    const rows = await sql<{ row: string }[]>`
      select to_jsonb(t)::text as row from ${sql(name)} as t where company_id = ${theirs.companyId}
    `;
    return rows.map(({ row }) => row).toSorted();
  };
  const entries = tables.map(async ({ name }) => [name, await read(name)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

it("is for who presses a button with it a thing that does not exist, and stays as it was", async () => {
  const before = await readRows();
  expect(Object.keys(before).length).toBeGreaterThan(20);
  const attacker = await settleIn(simulator.person({ firstName: "Алексей" }));
  const message = attacker.lastMessage();
  if (!message) throw new Error("no message");
  const tried = presses();
  expect(tried.length).toBeGreaterThan(100);
  for (const data of tried) {
    const { text } = await attacker.pressStale(data, message).answer();
    expect([data, text?.includes(NAME) ?? false]).toEqual([data, false]);
  }
  await simulator.settle();
  expect(JSON.stringify(attacker.messages())).not.toContain(NAME);
  expect(await readRows()).toEqual(before);
});

it("shows itself to its own people by the same button", async () => {
  const owner = simulator.person({ id: theirs.telegramId, firstName: NAME });
  owner.start();
  const message = await owner.waitFor(/./);
  owner.pressStale(`e.card:${packId(theirs.estimateId)}`, message);
  const card = await owner.waitFor((shown) => shown.text?.includes(NAME) ?? false);
  expect(card.text).toContain(NAME);
});
