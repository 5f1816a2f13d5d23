import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notificationView } from "../../bot/texts_notifications.ts";
import { parseDay } from "../../domain/calendar.ts";
import type { Id } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import type { NotificationKind } from "../../domain/notifications.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { listTold, newPeople, type TestPeople } from "./testing_agreement.ts";
import { done, newContract } from "./testing_contracts.ts";

const KINDS: ReadonlySet<string> = new Set(["act_signed", "act_cancelled", "payment"]);

let work: TestWork;
let people: TestPeople;
let contractId: Id;

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(() => work.close());

async function start(): Promise<void> {
  people = await newPeople(work);
  contractId = await newContract(work, people);
}

/** Who heard what, and in which words. */
async function heard() {
  const all = await listTold(work, people.owner.companyId);
  return all
    .filter(({ kind }) => KINDS.has(kind))
    .map(({ kind, name, content }) => {
      const around = {
        count: 1,
        timezone: "Europe/Moscow",
        companyName: null,
        card: null,
        mendsCrm: false,
      };
      const { html } = notificationView(kind, content, around).text;
      return { kind, name, text: html.replaceAll("\u00a0", " ") };
    });
}

async function signedAct(): Promise<Id> {
  return work.asActor(people.foreman, async ({ acts }) => {
    const { id } = done(await acts.create(contractId, { take: "everything" }));
    await acts.sign(id, { version: null });
    return id;
  });
}

function pay(amount: bigint) {
  return work.asActor(people.foreman, ({ payments }) =>
    payments.add(contractId, {
      kind: "advance",
      title: "",
      amount: kopecks(amount),
      receivedOn: parseDay("2026-11-20") ?? undefined,
    }),
  );
}

describe("news of acts", () => {
  it("go to leaders once when an act is signed, and when it is cancelled", async () => {
    await start();
    const id = await signedAct();
    // A second press signs nothing, and tells nobody.
    await work.asActor(people.foreman, ({ acts }) => acts.sign(id, { version: null }));
    const signed = await heard();
    expect(signed.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
      "act_signed Ольга Владелица",
      "act_signed Пётр Начальник",
    ]);
    expect(signed[0]?.text).toMatch(
      /^📑 Акт № 1 к смете СМ-2026-\d{4} подписан: Фёдор Прораб\nПринято по акту: 196 736,26 ₽\. Всего по договору: 196 736,26 ₽/,
    );
    await work.asActor(people.manager, ({ acts }) => acts.cancel(id));
    await work.asActor(people.manager, ({ acts }) => acts.cancel(id));
    const cancelled = (await heard()).slice(signed.length);
    expect(cancelled.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
      "act_cancelled Ольга Владелица",
      "act_cancelled Фёдор Прораб",
    ]);
    expect(cancelled[0]?.text).toContain("отменён: Пётр Начальник\nВ нём было 196 736,26 ₽");
    expect(cancelled[0]?.text).toContain("Принято по договору: 0,00 ₽");
  });

  it("say nothing of drafts, and nothing to other companies", async () => {
    await start();
    await work.asActor(people.foreman, async ({ acts }) => {
      const { id } = done(await acts.create(contractId, { take: "everything" }));
      await acts.remove(id);
    });
    expect(await heard()).toEqual([]);
    await signedAct();
    expect(await listTold(work, people.stranger.companyId)).toEqual([]);
  });
});

describe("news of payments", () => {
  it("say how much came and what is left, also when it is taken out and put back", async () => {
    await start();
    const { id } = await pay(10_000_000n);
    const [first] = await heard();
    expect(first?.text).toMatch(
      /^💵 Оплата: 100 000,00 ₽ по смете СМ-2026-\d{4} \(аванс, 20 ноября 2026 г\.\)\nВнесено: Фёдор Прораб\. Осталось получить 96 736,26 ₽/,
    );
    const before = (await heard()).length;
    const remove = () => work.asActor(people.owner, ({ payments }) => payments.remove(id));
    await Promise.all([remove(), remove()]);
    const removed = (await heard()).slice(before);
    expect(removed.map(({ name }) => name).toSorted()).toEqual(["Пётр Начальник", "Фёдор Прораб"]);
    expect(removed[0]?.text).toContain("💵 Оплата убрана: 100 000,00 ₽");
    expect(removed[0]?.text).toContain("Осталось получить 196 736,26 ₽");
  });

  it("say that more came than was agreed", async () => {
    await start();
    await pay(20_000_000n);
    expect((await heard())[0]?.text).toContain("Оплачено больше, чем согласовано, на 3 263,74 ₽");
  });
});

it.each(["act_signed", "act_cancelled", "payment"] as const satisfies readonly NotificationKind[])(
  "%s is not told to whoever muted it",
  async (kind) => {
    await start();
    await work.asActor(people.owner, ({ notifications }) => notifications.setMuted(kind, true));
    const id = await signedAct();
    await work.asActor(people.foreman, ({ acts }) => acts.cancel(id));
    await pay(100n);
    const told = (await heard()).filter((each) => each.kind === kind);
    expect(told.map(({ name }) => name)).toEqual(["Пётр Начальник"]);
  },
);
