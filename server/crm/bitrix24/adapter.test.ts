import { describe, expect, it } from "vitest";
import { kopecks } from "../../../domain/money.ts";
import { stageBitrix24, testDeal, testSignal } from "../testing.ts";
import { describeCrmContract, readScan } from "../testing_contract.ts";
import type { Bitrix24Options } from "./fake/options.ts";

const VARIANTS: Readonly<Record<string, Partial<Bitrix24Options>>> = {
  Bitrix24: {},
  "Bitrix24 without a filter by key": { isOriginFilterable: false },
  "Bitrix24 that resolves few references": { batchChainDepth: 3 },
  "Bitrix24 that refuses empty references": { emptyIdFilter: "refused" },
  "Bitrix24 that ignores ISO dates": { isoDateFilter: "ignored" },
  "Bitrix24 that refuses unknown units": { unknownMeasure: "refused" },
  "Bitrix24 that keeps unknown units": { unknownMeasure: "kept" },
  "Bitrix24 with bare stage names": { isStatusIdPrefixed: false },
  "Bitrix24 that rounds totals only": { opportunityRounding: "total" },
  "Bitrix24 whose rows do not touch the deal": {
    doProductRowsTouchDeal: false,
    doProductRowsRaiseEvent: false,
  },
  "Bitrix24 without operating times": { isOperatingReported: false, operatingLimit: null },
  "Bitrix24 that does the other thing wherever nobody could check": {
    operatingBilledTo: "batch",
    missingContact: "ignored",
    longTitle: "cut",
    isOriginalNamesSelectBroken: true,
    areFilesAllowedInBatch: true,
    eventsPerUpdate: 3,
  },
  "Bitrix24 ten minutes ahead": { clockSkew: 600_000, timezone: "Asia/Vladivostok" },
  "Bitrix24 ten minutes behind": { clockSkew: -600_000, timezone: "Europe/Kaliningrad" },
};

for (const [name, options] of Object.entries(VARIANTS)) {
  describeCrmContract(name, (contacts) => stageBitrix24({ contacts, options }));
}

describe("Bitrix24 itself", () => {
  it("follows a renamed portal with the same POST", async () => {
    const crm = await stageBitrix24({ contacts: 5 });
    await crm.portal.edit.renamePortal();
    expect((await readScan(crm.adapter)).clients).toHaveLength(5);
  });

  it("does not follow a redirect to a forbidden address", async () => {
    const crm = await stageBitrix24({ contacts: 5 });
    await crm.portal.edit.renamePortal("http://10.0.0.1");
    await expect(readScan(crm.adapter)).rejects.toMatchObject({ code: "forbidden_address" });
  });

  it("does not multiply the wasted pages behind the last one", async () => {
    const crm = await stageBitrix24({ contacts: 120 });
    await readScan(crm.adapter);
    expect(crm.portal.journal.countRuns("crm.item.list")).toBeLessThan(10);
  });

  it("waits out the limit of the portal and goes on with the same page", async () => {
    const crm = await stageBitrix24({ contacts: 60 });
    crm.portal.faults.add({
      on: "batch",
      fault: { kind: "reply", status: 503, body: { error: "QUERY_LIMIT_EXCEEDED" } },
    });
    expect((await readScan(crm.adapter)).clients).toHaveLength(60);
  });

  it("goes on from the pages before a limit that struck inside a batch", async () => {
    const crm = await stageBitrix24({ contacts: 200 });
    crm.portal.faults.add({
      on: "crm.item.list",
      nth: 4,
      fault: { kind: "reply", status: 429, body: { error: "OPERATION_TIME_LIMIT" } },
    });
    expect((await readScan(crm.adapter)).clients).toHaveLength(200);
  });

  it.each(["nested", "batch"] as const)(
    "reads on when the portal counts its time anew, whoever pays for a batch: %s",
    async (operatingBilledTo) => {
      const cost = (method: string) => (method === "crm.item.list" ? 50 : 0.1);
      const options = { cost, operatingBilledTo, operatingLimit: 120, requestSeconds: 1000 };
      const crm = await stageBitrix24({ contacts: 120, options });
      const seen: string[] = [];
      const refusals: unknown[] = [];
      let cursor: unknown = null;
      for (let isComplete = false; !isComplete && refusals.length < 10;) {
        try {
          const page = await crm.adapter.pull(cursor, testSignal);
          seen.push(...page.clients.map(({ ref }) => ref.id));
          ({ cursor, isComplete } = page);
        } catch (error) {
          refusals.push(error);
          await crm.advance(600_000);
        }
      }
      expect(refusals.length).toBeGreaterThan(0);
      const limit = { failure: { kind: "rate", scope: "operation" } };
      expect(refusals).toMatchObject(refusals.map(() => limit));
      expect([seen.length, new Set(seen).size]).toEqual([120, 120]);
    },
  );

  it.each([
    ["are set back", Date.UTC(2026, 9, 25, 0, 30)],
    ["are set forward", Date.UTC(2026, 2, 29, 0, 30)],
  ])("loses nobody who is edited while the clocks of the portal %s", async (_, evening) => {
    const crm = await stageBitrix24({ contacts: 5, options: { timezone: "Europe/Berlin" } });
    await crm.advance(evening - crm.portal.clock.now());
    const first = await readScan(crm.adapter);
    const [before = "", after = ""] = first.clients.map(({ ref }) => ref.id);
    await crm.advance(15 * 60_000);
    crm.renameClient(before, "Правка до перевода");
    await crm.advance(30 * 60_000);
    crm.renameClient(after, "Правка после перевода");
    const second = await readScan(crm.adapter, first.cursor);
    await crm.advance(3_600_000);
    const third = await readScan(crm.adapter, second.cursor);
    const seen = [...second.clients, ...third.clients].map(({ name }) => name).join();
    expect(seen).toContain("Правка до перевода");
    expect(seen).toContain("Правка после перевода");
  });

  it.each(["accepted", "refused"] as const)(
    "writes a discount as a negative row, or says that the portal refused the rows: %s",
    async (negativeRow) => {
      const crm = await stageBitrix24({ contacts: 0, options: { negativeRow } });
      const base = testDeal();
      const piece = { unit: "", unitCode: null, quantity: "1" };
      const deal = {
        ...base,
        total: kopecks(base.total - 5_000n + 700n),
        lines: [
          ...base.lines,
          { ...piece, name: "Доставка", unit: "рейс", price: "7.00", amount: kopecks(700n) },
          { ...piece, name: "Скидка", price: "-50.00", amount: kopecks(-5_000n) },
        ],
      };
      const ref = await crm.adapter.createDeal(deal, testSignal);
      const { deal: written, difference } = await crm.adapter.writeDeal(ref, deal, testSignal);
      expect(written.amount).toBe(deal.total);
      const isRefused = negativeRow === "refused";
      expect(difference).toBe(isRefused ? "CRM не приняла строки сметы" : null);
      expect(crm.deals()[0]?.lines).toBe(isRefused ? 0 : 5);
    },
  );

  it.each([
    ["overloaded", "blocked"],
    ["unpaid", "payment"],
    ["deleted", "gone"],
  ] as const)("stops at once when the portal is %s", async (condition, reason) => {
    const crm = await stageBitrix24({ contacts: 5 });
    crm.portal.edit.setCondition(condition);
    await expect(readScan(crm.adapter)).rejects.toMatchObject({
      failure: { kind: "stopped", reason },
    });
    expect(crm.requests()).toBe(1);
  });

  it("names a missing scope and a missing currency in Russian", async () => {
    const crm = await stageBitrix24({ contacts: 0 });
    crm.portal.edit.removeCurrency("RUB");
    expect((await crm.adapter.probe(testSignal)).problems.join()).toContain("RUB");
    crm.portal.edit.removeScope("crm");
    expect((await crm.adapter.probe(testSignal)).problems.join()).toContain("права «CRM (crm)»");
  });

  it("repairs the rows of a deal whose rows call failed", async () => {
    const crm = await stageBitrix24({ contacts: 0 });
    const ref = await crm.adapter.createDeal(testDeal(), testSignal);
    crm.portal.faults.add({
      on: "crm.item.productrow.set",
      fault: { kind: "drop" },
    });
    await expect(crm.adapter.writeDeal(ref, testDeal(), testSignal)).rejects.toMatchObject({
      failure: { kind: "unknown" },
    });
    const again = await crm.adapter.writeDeal(ref, testDeal(), testSignal);
    expect(again.difference).toBeNull();
    expect(crm.portal.invariants().deals[0]).toMatchObject({ rows: 3, opportunity: 1234.56 });
  });

  it("keeps people whom a manager added to the deal", async () => {
    const crm = await stageBitrix24({ contacts: 0 });
    const ours = { entity: "contact" as const, id: crm.addClient("Наш", []) };
    const theirs = Number(crm.addClient("Ещё один", []));
    const ref = await crm.adapter.createDeal(testDeal(), testSignal);
    crm.portal.edit.editDeal(Number(ref.id), { contactIds: [theirs] });
    await crm.adapter.writeDeal(ref, testDeal(ours), testSignal);
    expect(crm.deals()[0]?.clients).toBe(2);
  });

  it("takes only webhooks with the application token, compared as a whole", async () => {
    const { adapter } = await stageBitrix24({ contacts: 0 });
    const event = (token: string) => ({
      body: `event=ONCRMDEALUPDATE&data[FIELDS][ID]=7&auth[application_token]=${token}`,
      contentType: "application/x-www-form-urlencoded",
      headers: {},
    });
    expect(adapter.webhook.isGenuine(event("token"))).toBe(true);
    for (const wrong of ["", "toke", "token1", "TOKEN"]) {
      expect(adapter.webhook.isGenuine(event(wrong))).toBe(false);
    }
    expect(adapter.webhook.refs(event("token"))).toEqual([
      { ref: { entity: "deal", id: "7" }, isDeletion: false },
    ]);
  });
});
