import { describe, expect, it } from "vitest";
import type { CrmAdapter, Pulled, RemoteClient, RemoteDeal } from "../../domain/crm_adapter.ts";
import { type CrmStage, TEST_KEY, testDeal, testFile, testSignal } from "./testing.ts";

/** Reads to the end of a scan. `between` runs after each page. */
export async function readScan(
  adapter: CrmAdapter,
  cursor: unknown = null,
  between: (page: Pulled) => Promise<void> | void = () => undefined,
): Promise<{ clients: RemoteClient[]; deals: RemoteDeal[]; cursor: unknown; pages: number }> {
  const clients: RemoteClient[] = [];
  const deals: RemoteDeal[] = [];
  let place = cursor;
  for (let pages = 1; pages < 2000; pages += 1) {
    // A cursor lives in the database between two pages.
    const page = await adapter.pull(JSON.parse(JSON.stringify(place)) as unknown, testSignal);
    clients.push(...page.clients);
    deals.push(...page.deals);
    place = page.cursor;
    if (page.isComplete) return { clients, deals, cursor: place, pages };
    await between(page);
  }
  throw new Error("the scan does not end");
}

const names = (clients: readonly RemoteClient[]) => clients.map(({ name }) => name);

/** Every adapter must pass this against its fake. Returned by `stage`: 620 seeded contacts, no deals. */
export function describeCrmContract(
  name: string,
  stage: (contacts: number) => Promise<CrmStage>,
): void {
  describe(`${name} as an adapter`, () => {
    it("says who it is, and that nothing is missing", async () => {
      const { adapter } = await stage(0);
      const probe = await adapter.probe(testSignal);
      expect(probe.problems).toEqual([]);
      expect(probe.currency).toBe("RUB");
    });

    it("lists pipelines with stages of all outcomes", async () => {
      const { adapter } = await stage(0);
      const pipelines = await adapter.pipelines(testSignal);
      expect(pipelines.length).toBeGreaterThan(1);
      for (const { stages } of pipelines) {
        expect(new Set(stages.map(({ outcome }) => outcome))).toEqual(
          new Set(["open", "won", "lost"]),
        );
      }
    });

    it("scans everything once, and nobody twice", async () => {
      const { adapter } = await stage(620);
      const { clients } = await readScan(adapter);
      expect(clients).toHaveLength(620);
      expect(new Set(clients.map(({ ref }) => ref.id)).size).toBe(620);
      expect(clients.every((client) => client.name.length > 0)).toBe(true);
      expect(clients.filter(({ phones }) => phones.length > 0).length).toBeGreaterThan(500);
    });

    it("scans an empty CRM", async () => {
      const { adapter } = await stage(0);
      const { clients, deals } = await readScan(adapter);
      expect([clients, deals]).toEqual([[], []]);
    });

    it("then brings only what changed, also what changed during the scan", async () => {
      const crm = await stage(620);
      const first = await readScan(crm.adapter);
      const [victim, ...others] = first.clients;
      await crm.advance(3_600_000);
      crm.renameClient(victim?.ref.id ?? "", "Переименован Первым");
      crm.addClient("Новый", ["+7 916 111-22-33"]);
      const second = await readScan(crm.adapter, first.cursor);
      expect(names(second.clients)).toEqual(
        expect.arrayContaining([expect.stringContaining("Переименован Первым"), "Новый"]),
      );
      expect(second.clients.length).toBeLessThan(others.length);
      await crm.advance(3_600_000);
      crm.renameClient(victim?.ref.id ?? "", "Переименован Вторым");
      const third = await readScan(crm.adapter, second.cursor);
      expect(names(third.clients).join("; ")).toContain("Переименован Вторым");
    });

    it("loses nobody who is edited while a scan for changes runs", async () => {
      const crm = await stage(0);
      const start = await readScan(crm.adapter);
      await crm.advance(3_600_000);
      const ids = Array.from({ length: 700 }, (_, index) => crm.addClient(`Клиент ${index}`, []));
      await crm.advance(60_000);
      let edits = 0;
      const second = await readScan(crm.adapter, start.cursor, async () => {
        // From the crowded second, rows that were read and rows that were not.
        for (const id of ids.slice(edits, edits + 3)) crm.renameClient(id, `Правка ${id}`);
        edits += 3;
        await crm.advance(2000);
      });
      const third = await readScan(crm.adapter, second.cursor);
      const seen = new Set([...second.clients, ...third.clients].map(({ ref }) => ref.id));
      expect(ids.filter((id) => !seen.has(id))).toEqual([]);
    });

    it.each(["drop", "html", "truncate", "badGzip"] as const)(
      "reads again when an answer is broken: %s",
      async (fault) => {
        const crm = await stage(20);
        crm.failReading(fault);
        const { clients } = await readScan(crm.adapter);
        expect(clients).toHaveLength(20);
      },
    );

    it("reads one record, and null for one that is gone", async () => {
      const crm = await stage(0);
      const id = crm.addClient("Пётр", ["8 (912) 345-67-89, +7 913 000 11 22"], ["p@example.ru"]);
      const read = await crm.adapter.read({ entity: "contact", id }, testSignal);
      expect(read).toMatchObject({
        name: "Пётр",
        phones: ["8 (912) 345-67-89", "+7 913 000 11 22"],
        emails: ["p@example.ru"],
      });
      crm.deleteClient(id);
      expect(await crm.adapter.read({ entity: "contact", id }, testSignal)).toBeNull();
    });

    it("names the nameless by their phone", async () => {
      const crm = await stage(0);
      const id = crm.addClient("", ["+79123456789"]);
      const read = await crm.adapter.read({ entity: "contact", id }, testSignal);
      expect(read).toMatchObject({ name: "+79123456789" });
    });

    it("finds clients by phone however it is written, and all who share it", async () => {
      const crm = await stage(30);
      const first = crm.addClient("Иван", ["8 (912) 345-67-89"]);
      const second = crm.addClient("Мария", ["+7 912 345 67 89"]);
      crm.addClient("Третий", ["+7 912 345 67 80"]);
      const wanted = { externalKey: TEST_KEY, kind: "person" as const, name: "Кто", emails: [] };
      const found = await crm.adapter.findClients(
        { ...wanted, phones: ["+79123456789"] },
        testSignal,
      );
      expect(found.map(({ id }) => id).toSorted()).toEqual([first, second].toSorted());
      const nobody = { ...wanted, phones: ["+79999999999"] };
      expect(await crm.adapter.findClients(nobody, testSignal)).toEqual([]);
    });

    it("creates a client and finds it again", async () => {
      const crm = await stage(0);
      const person = {
        externalKey: "01990000-0000-7000-8000-0000000000c1",
        kind: "organisation" as const,
        name: "ООО «Ромашка» & Ко",
        phones: ["+74951234567"],
        emails: ["info@romashka.example"],
      };
      const ref = await crm.adapter.createClient(person, testSignal);
      expect(ref.entity).toBe("company");
      expect(await crm.adapter.findClients(person, testSignal)).toEqual([ref]);
      expect(await crm.adapter.read(ref, testSignal)).toMatchObject({ name: person.name });
    });

    it("creates a deal, writes it, and finds that it equals ours", async () => {
      const crm = await stage(0);
      const contact = { entity: "contact" as const, id: crm.addClient("Пётр", []) };
      const deal = testDeal(contact);
      expect(await crm.adapter.findDeal(TEST_KEY, testSignal)).toBeNull();
      const ref = await crm.adapter.createDeal(deal, testSignal);
      expect(await crm.adapter.findDeal(TEST_KEY, testSignal)).toEqual(ref);
      const { deal: written, difference } = await crm.adapter.writeDeal(ref, deal, testSignal);
      expect(difference).toBeNull();
      expect(written.externalKey).toBe(TEST_KEY);
      expect(written.clients).toContainEqual(contact);
      expect(crm.deals()).toMatchObject([{ id: ref.id, key: TEST_KEY, clients: 1 }]);
    });

    it("makes no write for a deal that is right already", async () => {
      const crm = await stage(0);
      const deal = testDeal();
      const ref = await crm.adapter.createDeal(deal, testSignal);
      await crm.adapter.writeDeal(ref, deal, testSignal);
      const before = crm.transport.traces.length;
      await crm.adapter.writeDeal(ref, deal, testSignal);
      const operations = crm.transport.traces.slice(before).map(({ operation }) => operation);
      expect(operations.filter((one) => /^(POST|PATCH|PUT)|\.(set|add|update)$/.test(one))).toEqual(
        [],
      );
    });

    it("does not repeat a creation whose answer was lost; a deal that came to be is found by its key", async () => {
      const crm = await stage(0);
      crm.loseAnswerOfCreation();
      await expect(crm.adapter.createDeal(testDeal(), testSignal)).rejects.toMatchObject({
        failure: { kind: "unknown" },
      });
      const found = await crm.adapter.findDeal(TEST_KEY, testSignal);
      expect(crm.deals().map(({ id }) => id)).toEqual(found ? [found.id] : []);
    });

    it("attaches a file once, however often it is told to", async () => {
      const crm = await stage(0);
      const ref = await crm.adapter.createDeal(testDeal(), testSignal);
      await crm.adapter.attach(ref, testFile, testSignal);
      await crm.adapter.attach(ref, testFile, testSignal);
      expect(crm.deals()[0]?.files).toEqual([testFile.fileName]);
    });

    it("tells how a deal ended, and that one is gone", async () => {
      const crm = await stage(0);
      const ref = await crm.adapter.createDeal(testDeal(), testSignal);
      crm.winDeal(ref.id);
      expect(await crm.adapter.read(ref, testSignal)).toMatchObject({ outcome: "won" });
      crm.deleteDeal(ref.id);
      expect(await crm.adapter.read(ref, testSignal)).toBeNull();
    });

    it("takes a malformed webhook for one that says nothing", async () => {
      const { adapter } = await stage(0);
      for (const body of ["", "{}", "a[b=%%%", "__proto__[id]=1", "x".repeat(100_000)]) {
        const request = { body, contentType: "", headers: {} };
        expect(adapter.webhook.refs(request)).toEqual([]);
      }
    });
  });
}
