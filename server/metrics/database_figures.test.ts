import { afterAll, beforeAll, expect, it } from "vitest";
import { readDatabaseFigures } from "../../db/metrics.ts";
import { accountKey, CRM_BUCKETS } from "../crm/pace.ts";
import { blockKey, takeToken } from "../../db/rate_limits.ts";
import { pauseSending } from "../../db/telegram_pace.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(() => work.close());

it("counts the jobs of every queue, what waits for Telegram, and connections", async () => {
  const { sql } = work.database;
  const actor = await work.newActor();
  for (let count = 0; count < 3; count += 1) {
    await work.board.boss.send("crm.hourly", {}, { singletonKey: `key ${count}` });
  }
  await sql`
    insert into telegram_notifications (company_id, id, telegram_id, kind, content, not_before)
    values (${actor.companyId}, ${newId()}, 1, 'approved', '{}', now() - interval '1 minute')
  `;
  const figures = await readDatabaseFigures(sql, CRM_BUCKETS);
  expect(figures.queues).toContainEqual(
    expect.objectContaining({ queue: "crm.hourly", state: "created", jobs: 3 }),
  );
  expect(figures.notifications.waiting).toBe(1);
  expect(figures.notifications.oldest).toBeGreaterThanOrEqual(60);
  expect(figures.connections).toContainEqual(
    expect.objectContaining({ name: "smetka test", state: "active" }),
  );
  expect(figures.connections).toContainEqual(expect.objectContaining({ name: "smetka jobs" }));
  expect(figures.stoppedCrms).toBe(0);
  expect(figures.telegramPause).toBe(0);
  await pauseSending(sql, 77, 30);
  const { telegramPause } = await readDatabaseFigures(sql, CRM_BUCKETS);
  expect(telegramPause).toBeGreaterThan(20);
  expect(telegramPause).toBeLessThanOrEqual(30);
});

it("sums up the limits of all accounts of each kind of CRM, without naming any", async () => {
  const { sql } = work.database;
  const read = async () => (await readDatabaseFigures(sql, CRM_BUCKETS)).crmLimits;
  const nothing = { accounts: 0, paused: 0, blocked: 0, pause: 0 };
  const none = [
    { name: "amocrm", ...nothing, budget: 2, perSecond: 5 },
    { name: "bitrix24", ...nothing, budget: 48, perSecond: 2 },
    { name: "webhook", ...nothing, budget: 20, perSecond: 10 },
  ];
  expect(await read()).toEqual(none);

  // A pace that does not move while we look.
  const slow = { capacity: 48, perSecond: 0.001 };
  const hasty = accountKey("bitrix24", "hasty.example");
  for (let call = 0; call < 50; call += 1) await takeToken(sql, hasty, `${hasty} a`, slow);
  const calm = accountKey("bitrix24", "calm.example");
  await takeToken(sql, calm, `${calm} a`, slow);
  const inAnHour = new Date(Date.now() + 3_600_000);
  await blockKey(sql, `${calm} crm.item.list`, inAnHour);
  const amo = accountKey("amocrm", "blocked.example");
  await blockKey(sql, amo, new Date(Date.now() + 3650 * 86_400_000));
  const [amocrm, bitrix24, webhook] = await read();
  expect(amocrm).toMatchObject({ accounts: 1, paused: 0, blocked: 1, pause: 0 });
  expect(bitrix24).toMatchObject({ accounts: 2, paused: 1, blocked: 0, perSecond: 2 });
  expect(bitrix24?.pause).toBeGreaterThan(3_500);
  expect(bitrix24?.pause).toBeLessThanOrEqual(3_600);
  // Two more than it takes at once, and what has dripped since at the pace of the program.
  expect(bitrix24?.budget).toBeGreaterThanOrEqual(-2);
  expect(bitrix24?.budget).toBeLessThan(48);
  expect(webhook).toEqual(none[2]);
});
