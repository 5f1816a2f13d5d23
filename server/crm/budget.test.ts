import { describe, expect, it } from "vitest";
import { type CrmStage, stageAmocrm, stageBitrix24 } from "./testing.ts";
import { readScan } from "./testing_contract.ts";

const CONTACTS = 100_000;
const HOUR = 3_600_000; // ms

describe.each([
  ["Bitrix24", (contacts: number) => stageBitrix24({ contacts }), { cold: 45, hourly: 3 }],
  [
    "amoCRM",
    (contacts: number) => stageAmocrm({ contacts, options: { rate: 1_000_000 } }),
    // Five pages of contacts, for each begins at the last second of the one before, and one kind more.
    { cold: 405, hourly: 6 },
  ],
])("%s", (_, open, most) => {
  it("is read within its budget of requests: 100 000 contacts cold, then 1 % changes hour after hour", async () => {
    const crm: CrmStage = await open(CONTACTS);
    const before = crm.requests();
    await crm.adapter.count(new AbortController().signal);
    const cold = await readScan(crm.adapter);
    const coldRequests = crm.requests() - before;
    expect(new Set(cold.clients.map(({ ref }) => ref.id)).size).toBe(CONTACTS);
    expect(cold.clients).toHaveLength(CONTACTS);
    expect(coldRequests).toBeLessThanOrEqual(most.cold);

    let { cursor } = cold;
    for (let hour = 0; hour < 2; hour += 1) {
      // Not one day's batch: edits all over the portal, all through the hour.
      const edited = cold.clients.filter((_client, index) => index % 100 === hour);
      for (const [index, { ref }] of edited.entries()) {
        if (index % 10 === 0) await crm.advance(HOUR / 100);
        crm.renameClient(ref.id, `Правка ${ref.id}`);
      }
      const first = crm.requests();
      const hourly = await readScan(crm.adapter, cursor);
      ({ cursor } = hourly);
      const seen = new Set(hourly.clients.map(({ ref }) => ref.id));
      expect(edited.filter(({ ref }) => !seen.has(ref.id))).toEqual([]);
      expect(crm.requests() - first).toBeLessThanOrEqual(most.hourly);
    }
  }, 240_000);
});
