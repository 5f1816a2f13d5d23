import { afterAll, beforeAll, expect, it } from "vitest";
import { readDatabaseFigures } from "../../db/metrics.ts";
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
  const figures = await readDatabaseFigures(sql);
  expect(figures.queues).toContainEqual(
    expect.objectContaining({ queue: "crm.hourly", state: "created", jobs: 3 }),
  );
  expect(figures.notifications.waiting).toBe(1);
  expect(figures.notifications.oldest).toBeGreaterThanOrEqual(60);
  expect(figures.connections.some(({ count }) => count > 0)).toBe(true);
  expect(figures.stoppedCrms).toBe(0);
});
