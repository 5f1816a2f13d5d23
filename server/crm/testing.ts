import { setTimeout as sleep } from "node:timers/promises";
import type { CrmAdapter, CrmFile, DealPush, RemoteRef } from "../../domain/crm_adapter.ts";
import { kopecks } from "../../domain/money.ts";
import { createAmocrmAdapter } from "./amocrm/adapter.ts";
import { createAmocrmClient } from "./amocrm/client.ts";
import type { AmocrmFakeSetup } from "./amocrm/fake/account.ts";
import { startAccount, type TestAccount } from "./amocrm/fake/testing.ts";
import { longLivedToken } from "./amocrm/tokens.ts";
import { createBitrix24Adapter } from "./bitrix24/adapter.ts";
import { createBitrix24Client } from "./bitrix24/client.ts";
import type { Bitrix24FakeSetup } from "./bitrix24/fake/portal.ts";
import { startPortal, type TestPortal } from "./bitrix24/fake/testing.ts";
import { createHttp } from "./http.ts";
import { createTransport, type Pace, type Transport, type TransportTrace } from "./transport.ts";

/** Helpers for tests of adapters. */

export const testSignal = new AbortController().signal;

/** Lets everything through at once. */
export const noPace: Pace = {
  take: async () => ({ wait: 0, blocked: 0 }),
  block: async () => undefined,
};

export interface TestTransport extends Transport {
  readonly traces: TransportTrace[];
}

/** To this machine only; waits are cut to a millisecond and told to `onPause`. */
export function createTestTransport(options: {
  now: () => number;
  secrets?: readonly string[];
  pace?: Pace;
  timeout?: number;
  onPause?: (ms: number) => Promise<void> | void;
}): TestTransport {
  const traces: TransportTrace[] = [];
  const transport = createTransport({
    http: createHttp((address) => address === "127.0.0.1", true),
    pace: options.pace ?? noPace,
    record: async (trace) => void traces.push(trace),
    secrets: () => options.secrets ?? [],
    now: () => new Date(options.now()),
    timeout: options.timeout ?? 10_000,
    pause: async (ms) => {
      await options.onPause?.(ms);
      await sleep(1);
    },
  });
  return { ...transport, traces };
}

/** What the shared contract needs to know of a fake CRM. */
export interface CrmStage {
  readonly adapter: CrmAdapter;
  readonly transport: TestTransport;
  /** A manager of the CRM does it. */
  addClient(name: string, phones: readonly string[], emails?: readonly string[]): string;
  renameClient(id: string, name: string): void;
  deleteClient(id: string): void;
  moveDeal(id: string, place: NonNullable<DealPush["stage"]>): void;
  renameStage(place: NonNullable<DealPush["stage"]>, name: string): void;
  /** To the first stage that is won. */
  winDeal(id: string): void;
  deleteDeal(id: string): void;
  /** Deals that were made since the start. */
  deals(): StagedDeal[];
  duplicates(): number;
  /** The next call that creates a deal is done, but its answer is lost. */
  loseAnswerOfCreation(): void;
  /** The next reading fails in this way. */
  failReading(fault: "drop" | "html" | "truncate" | "badGzip"): void;
  advance(ms: number): Promise<void>;
  requests(): number;
}

export interface StagedDeal {
  readonly id: string;
  readonly key: string | null;
  readonly total: number;
  /** Product rows, or lines of the notes. */
  readonly lines: number;
  readonly files: string[];
  readonly clients: number;
}

export async function stageBitrix24(
  setup: Omit<Bitrix24FakeSetup, "clock"> = {},
): Promise<CrmStage & { readonly portal: TestPortal }> {
  const options = { burst: 1_000_000, ...setup.options };
  const portal = await startPortal({ companies: 0, ...setup, options });
  const transport = createTestTransport({ now: () => portal.clock.now() });
  const now = () => new Date(portal.clock.now());
  const client = createBitrix24Client({ transport, now, webhookUrl: portal.webhookUrl });
  return {
    portal,
    transport,
    adapter: createBitrix24Adapter({ client, applicationToken: "token", memberId: null }),
    addClient: (name, phones, emails = []) =>
      String(
        portal.edit.createContact({
          name,
          fm: [
            ...phones.map((value) => ({ typeId: "PHONE", valueType: "WORK", value })),
            ...emails.map((value) => ({ typeId: "EMAIL", valueType: "WORK", value })),
          ],
        }),
      ),
    renameClient: (id, name) => portal.edit.editContact(Number(id), { name }),
    deleteClient: (id) => portal.edit.deleteContact(Number(id)),
    moveDeal: (id, { stageId }) => portal.edit.moveDeal(Number(id), stageId),
    renameStage: ({ stageId }, name) => portal.edit.renameStage(stageId, name),
    winDeal: (id) => portal.edit.moveDeal(Number(id), "WON"),
    deleteDeal: (id) => portal.edit.deleteDeal(Number(id)),
    deals: () =>
      portal.invariants().deals.map((deal) => ({
        id: String(deal.id),
        key: deal.externalKey?.split("/")[1] ?? null,
        total: deal.opportunity,
        lines: deal.rows,
        files: deal.files,
        clients: deal.contactIds.length,
      })),
    duplicates: () => portal.invariants().duplicates.length,
    loseAnswerOfCreation: () =>
      portal.faults.add({ on: "crm.item.add", fault: { kind: "commitThenDrop" } }),
    failReading: (fault) => portal.faults.add({ on: "batch", fault: readingFault(fault) }),
    advance: (ms) => portal.clock.advance(ms),
    requests: () => portal.journal.count(),
  };
}

export async function stageAmocrm(
  setup: Omit<AmocrmFakeSetup, "clock"> = {},
  /** How far our clock is from theirs, in ms. */
  skew = 0,
): Promise<CrmStage & { readonly account: TestAccount }> {
  const account = await startAccount({ companies: 0, ...setup });
  const transport = createTestTransport({ now: () => account.clock.now() + skew });
  const now = () => new Date(account.clock.now() + skew);
  const tokens = longLivedToken(account.longLivedToken);
  const client = createAmocrmClient({ transport, baseUrl: account.domain, tokens, now });
  const shared = { client, now, currency: "RUB", accountId: null };
  const probed = await createAmocrmAdapter({ ...shared, keyField: null }).probe(testSignal);
  const keyField = String(probed.remembered["keyField"]);
  return {
    account,
    transport,
    adapter: createAmocrmAdapter({ ...shared, keyField }),
    addClient: (name, phones, emails = []) =>
      String(account.edit.createContact({ name, phones, emails })),
    renameClient: (id, name) => account.edit.editContact(Number(id), { name }),
    deleteClient: (id) => account.edit.deleteContact(Number(id)),
    moveDeal: (id, { pipelineId, stageId }) =>
      account.edit.moveLeads([Number(id)], Number(stageId), Number(pipelineId)),
    renameStage: ({ pipelineId, stageId }, name) =>
      account.edit.renameStatus(Number(pipelineId), Number(stageId), name),
    winDeal: (id) => account.edit.moveLeads([Number(id)], 142),
    deleteDeal: (id) => account.edit.deleteLead(Number(id)),
    deals: () =>
      account.invariants().leads.map((lead) => ({
        id: String(lead.id),
        key: lead.fields[Number(keyField)]?.[0] ?? null,
        total: lead.price,
        lines: lead.notes.join("\n").match(/^\d+\. /gm)?.length ?? 0,
        files: lead.files,
        clients: lead.contactIds.length,
      })),
    duplicates: () => account.invariants().duplicates.length,
    loseAnswerOfCreation: () =>
      account.faults.add({ on: "POST /leads", fault: { kind: "commitThenDrop" } }),
    failReading: (fault) =>
      account.faults.add({ on: /^GET \/(contacts|companies)$/, fault: readingFault(fault) }),
    advance: (ms) => account.clock.advance(ms),
    requests: () => account.journal.count(),
  };
}

function readingFault(kind: "drop" | "html" | "truncate" | "badGzip") {
  return kind === "html" ? { kind, status: 502 } : { kind };
}

/** 1 234,56 ₽ in three lines: kopecks, a fraction of a metre, one piece. */
export function testDeal(client: RemoteRef | null = null, key = TEST_KEY): DealPush {
  return {
    externalKey: key,
    revision: 1,
    title: "СМ-2026-0001 Ленина & Ко, 12 [кв. 5] 100 %",
    total: kopecks(123_456n),
    currency: "RUB",
    vatPercent: null,
    client,
    stage: null,
    link: "https://smetka.example/s/abc",
    lines: [
      line("Штукатурка", "м²", 55, "2.5", "400.00", 100_000n),
      line("Шпаклёвка", "м²", 55, "0.001", "10.00", 1n),
      line("Вывоз (2,3333333 ч × 100)", "", null, "1", "234.55", 23_455n),
    ],
  };
}

export const TEST_KEY = "01990000-0000-7000-8000-0000000000e5";

function line(
  name: string,
  unit: string,
  unitCode: number | null,
  quantity: string,
  price: string,
  amount: bigint,
) {
  return { name, unit, unitCode, quantity, price, amount: kopecks(amount) };
}

export const testFile: CrmFile = {
  fileName: "Смета СМ-2026-0001 ред. 1.pdf",
  bytes: new Uint8Array(300_000).fill(37),
  text: "Утверждённая смета",
};
