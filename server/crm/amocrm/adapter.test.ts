import { describe, expect, it } from "vitest";
import { kopecks } from "../../../domain/money.ts";
import { stageAmocrm, testDeal, testSignal } from "../testing.ts";
import { describeCrmContract, readScan } from "../testing_contract.ts";
import type { AmocrmOptions } from "./fake/options.ts";

const VARIANTS: Readonly<Record<string, Partial<AmocrmOptions>>> = {
  amoCRM: {},
  "amoCRM that ignores filters": { areFiltersEnabled: false },
  "amoCRM without a sticky next": { isNextSticky: false },
  "amoCRM with kopecks": { price: "minorUnits" },
  "amoCRM that refuses kopecks": { price: "refused" },
  "amoCRM that passes over empty changes": { isEmptyChangeSaved: false },
  "amoCRM that refuses old times": { staleUpdatedAt: "refused" },
  "amoCRM with duplicate control": { isDuplicateControlOn: true },
  "amoCRM that does the other thing wherever nobody could check": {
    retryAfter: null,
    isBinOrdered: true,
    statusHooks: "together",
    slowWriteOver: 10,
    isSlowWriteDone: true,
    hasInvoices: true,
    hasProducts: true,
    longName: "cut",
  },
  "amoCRM with one hook for a status": { statusHooks: "statusOnly" },
  "amoCRM whose search lags": { searchLag: 60_000 },
};

for (const [name, options] of Object.entries(VARIANTS)) {
  describeCrmContract(name, (contacts) => stageAmocrm({ contacts, options }));
}

describeCrmContract("amoCRM ten minutes behind us", (contacts) =>
  stageAmocrm({ contacts }, 600_000),
);
describeCrmContract("amoCRM ten minutes ahead of us", (contacts) =>
  stageAmocrm({ contacts }, -600_000),
);

describe("amoCRM itself", () => {
  it("takes a page of the web server for a block and never knocks again", async () => {
    const crm = await stageAmocrm({ contacts: 5 });
    crm.account.edit.block();
    const before = crm.requests();
    await expect(readScan(crm.adapter)).rejects.toMatchObject({
      failure: { kind: "stopped", reason: "blocked" },
    });
    expect(crm.requests()).toBe(before + 1);
  });

  it("writes a discount as a negative line of the note, and the amount without it", async () => {
    const crm = await stageAmocrm({ contacts: 0, options: { price: "minorUnits" } });
    const base = testDeal();
    const discount = {
      name: "Скидка",
      unit: "",
      unitCode: null,
      quantity: "1",
      price: "-50.01",
      amount: kopecks(-5_001n),
    };
    const deal = {
      ...base,
      total: kopecks(base.total - 5_001n),
      lines: [...base.lines, discount],
    };
    const ref = await crm.adapter.createDeal(deal, testSignal);
    const { deal: written, difference } = await crm.adapter.writeDeal(ref, deal, testSignal);
    expect(written.amount).toBe(deal.total);
    expect(difference).toBeNull();
    expect(crm.deals()).toMatchObject([{ total: 1184.55, lines: 4 }]);
    const [lead] = crm.account.invariants().leads;
    expect(lead?.notes.join("\n")).toContain("4. Скидка: 1  × -50.01 = -50.01");
  });

  it("waits as long as a 429 asks", async () => {
    const crm = await stageAmocrm({ contacts: 5 });
    crm.account.faults.add({
      on: "GET /companies",
      fault: { kind: "reply", status: 429, body: { status: 429, retry_after: 300 } },
    });
    const failing = readScan(crm.adapter);
    await expect(failing).rejects.toMatchObject({ failure: { kind: "rate", scope: "account" } });
  });

  it("waits a minute where a 429 does not say how long", async () => {
    const crm = await stageAmocrm({ contacts: 5, options: { retryAfter: null, rate: 20 } });
    const { clock } = crm.account;
    // Others of the account use its second up.
    for (let call = 0; call < 20; call += 1) await crm.account.call("GET", "/account");
    await expect(crm.adapter.pull(null, testSignal)).rejects.toMatchObject({
      failure: { kind: "rate", scope: "account", retryAt: new Date(clock.now() + 60_000) },
    });
  });

  it("says that a revoked token must be replaced", async () => {
    const crm = await stageAmocrm({ contacts: 5 });
    crm.account.edit.revokeLongLivedToken();
    await expect(readScan(crm.adapter)).rejects.toMatchObject({
      failure: { kind: "stopped", reason: "credentials" },
    });
  });

  it("names what only an administrator may do", async () => {
    const crm = await stageAmocrm({ contacts: 0 });
    crm.account.options.isAdministrator = false;
    const problem = await crm.adapter.keepWebhook(
      "https://smetka.example/crm/amocrm/x",
      testSignal,
    );
    expect(problem).toContain("права администратора");
  });

  it("subscribes once and tells of a subscription that was switched off", async () => {
    const crm = await stageAmocrm({ contacts: 0 });
    const url = "https://smetka.example/crm/amocrm/key";
    expect(await crm.adapter.keepWebhook(url, testSignal)).toBeNull();
    expect(await crm.adapter.keepWebhook(url, testSignal)).toBeNull();
    crm.account.edit.disableHook(url);
    expect(await crm.adapter.keepWebhook(url, testSignal)).toContain("отключила наш вебхук");
  });

  it("brings deleted deals as tombstones", async () => {
    const crm = await stageAmocrm({ contacts: 0 });
    const first = await readScan(crm.adapter);
    const ref = await crm.adapter.createDeal(testDeal(), testSignal);
    crm.deleteDeal(ref.id);
    const second = await readScan(crm.adapter, first.cursor);
    expect(second.deals).toMatchObject([{ ref, deleted: true }]);
  });

  it.each([true, false])(
    "reads no more of a bin than is new, where it is ordered: %s",
    async (isBinOrdered) => {
      const crm = await stageAmocrm({ contacts: 0, leads: 262, options: { isBinOrdered } });
      const first = await readScan(crm.adapter);
      const [last, late, ...others] = first.deals.map(({ ref }) => ref.id);
      for (const id of others) crm.deleteDeal(id);
      await crm.advance(3_600_000);
      crm.deleteDeal(late ?? "");
      const second = await readScan(crm.adapter, first.cursor);
      expect(second.deals.filter(({ deleted }) => deleted)).toHaveLength(261);
      await crm.advance(3_600_000);
      crm.deleteDeal(last ?? "");
      const before = crm.requests();
      const third = await readScan(crm.adapter, second.cursor);
      expect(third.deals.find(({ ref }) => ref.id === last)).toMatchObject({ deleted: true });
      expect(crm.requests() - before).toBe(isBinOrdered ? 4 : 5);
    },
  );

  it("writes the lines of the estimate into one note", async () => {
    const crm = await stageAmocrm({ contacts: 0 });
    const ref = await crm.adapter.createDeal(testDeal(), testSignal);
    await crm.adapter.writeDeal(ref, testDeal(), testSignal);
    await crm.adapter.writeDeal(ref, testDeal(), testSignal);
    const [lead] = crm.account.invariants().leads;
    expect(lead?.notes).toHaveLength(1);
    expect(lead?.notes[0]).toContain("1. Штукатурка: 2.5 м² × 400.00 = 1000.00");
    expect(lead?.notes[0]).toContain("1234.56 ₽");
  });

  it("reads several entities of one webhook, companies under contacts too", async () => {
    const { adapter } = await stageAmocrm({ contacts: 0 });
    const body = [
      "leads[status][0][id]=11&leads[status][0][status_id]=142",
      "leads[update][0][id]=12",
      "contacts[update][0][id]=21&contacts[update][0][type]=contact",
      "contacts[delete][1][id]=22&contacts[delete][1][type]=company",
      "account[id]=5",
    ].join("&");
    expect(adapter.webhook.refs({ body, contentType: "", headers: {} })).toEqual([
      { ref: { entity: "deal", id: "11" }, isDeletion: false },
      { ref: { entity: "deal", id: "12" }, isDeletion: false },
      { ref: { entity: "contact", id: "21" }, isDeletion: false },
      { ref: { entity: "company", id: "22" }, isDeletion: true },
    ]);
  });
});
