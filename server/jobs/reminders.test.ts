import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { notificationView } from "../../bot/texts_notifications.ts";
import type { Audience } from "../../domain/agreement.ts";
import { type Day, parseDay } from "../../domain/calendar.ts";
import type { Id } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import type { Percent } from "../../domain/percent.ts";
import { newId } from "../new_id.ts";
import {
  listAllTold,
  newEstimate,
  newPeople,
  submit,
  type TestPeople,
} from "../services/testing_agreement.ts";
import { newContract, newExtra } from "../services/testing_contracts.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import type { JobContext } from "./queues.ts";
import { createReminders, REMINDER_SOURCES, type ReminderSource } from "./reminders.ts";

const log = pino({ level: "silent" });
const context: JobContext = {
  signal: new AbortController().signal,
  attempt: 1,
  isLastAttempt: false,
};
/** A Friday; Moscow is three hours ahead of UTC all year round. */
const NOON = "2026-11-20T09:00:00Z";

let work: TestWork;
let people: TestPeople;

beforeAll(async () => {
  work = await createTestWork();
});

beforeEach(async () => {
  people = await newPeople(work);
  work.clock.now = new Date(NOON);
});

afterAll(() => work.close());

function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === null) throw new Error(`no such day: ${text}`);
  return parsed;
}

/** A look at a moment; two processes look at once where it is said. */
async function lookAt(
  moment: string,
  {
    times = 1,
    sources = REMINDER_SOURCES,
  }: { times?: number; sources?: typeof REMINDER_SOURCES } = {},
): Promise<void> {
  work.clock.now = new Date(moment);
  const remind = createReminders({ ...work.dependencies, log }, sources);
  await Promise.all(Array.from({ length: times }, () => remind({}, context)));
}

async function setZone(timezone: string): Promise<void> {
  await work.asActor(people.owner, ({ company }) => company.set({ timezone }));
}

/** An estimate of the foreman that waits for its answer. */
async function waiting(validUntil: string | null, audience: Audience = "client"): Promise<Id> {
  const { id } = await newEstimate(work, people.foreman);
  const set = { validUntil: validUntil === null ? null : day(validUntil) };
  await work.asActor(people.foreman, ({ estimates }) =>
    estimates.change(id, {
      baseVersion: null,
      source: "bot",
      changes: [{ id: newId(), type: "estimate.set", set }],
    }),
  );
  await submit(work, people.foreman, id, audience);
  return id;
}

const REMINDING = new Set(["expiring", "expired", "unanswered"]);

async function reminded(): Promise<string[]> {
  const told = await listAllTold(work, people.owner.companyId);
  return told
    .filter(({ kind }) => REMINDING.has(kind))
    .map(({ kind, name }) => `${kind} ${name}`)
    .toSorted();
}

describe("promised prices", () => {
  it("are reminded of three days and one day before their end, and after it, each once", async () => {
    await waiting("2026-11-25");
    await lookAt("2026-11-21T09:00:00Z");
    expect(await reminded()).toEqual([]);
    await lookAt("2026-11-22T09:00:00Z");
    await lookAt("2026-11-22T10:00:00Z");
    await lookAt("2026-11-23T09:00:00Z", { sources: REMINDER_SOURCES.slice(0, 1) });
    expect(await reminded()).toEqual(["expiring Фёдор Прораб"]);
    const validity = { sources: REMINDER_SOURCES.slice(0, 1) };
    await lookAt("2026-11-24T09:00:00Z", validity);
    await lookAt("2026-11-25T09:00:00Z", validity);
    expect(await reminded()).toEqual(["expiring Фёдор Прораб", "expiring Фёдор Прораб"]);
    await lookAt("2026-11-26T09:00:00Z", validity);
    await lookAt("2026-11-27T09:00:00Z", validity);
    expect((await reminded()).filter((row) => row.startsWith("expired"))).toHaveLength(1);
  });

  it("are reminded of once by four processes that look at once", async () => {
    await waiting("2026-11-22");
    await lookAt("2026-11-21T09:00:00Z", { times: 4 });
    expect(await reminded()).toEqual(["expiring Фёдор Прораб"]);
  });

  it.each([
    ["Europe/Kaliningrad", 2],
    ["Europe/Moscow", 3],
    ["Asia/Yekaterinburg", 5],
    ["Asia/Vladivostok", 10],
    ["Asia/Kamchatka", 12],
  ])("are reminded of from nine o'clock in %s", async (zone, shift) => {
    await setZone(zone);
    await waiting("2026-11-25");
    const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour - shift)).toISOString();
    await lookAt(at(8));
    expect(await reminded()).toEqual([]);
    await lookAt(at(9));
    expect(await reminded()).toEqual(["expiring Фёдор Прораб"]);
    await setZone("Europe/Moscow");
  });

  it("are not reminded of at night, even when a look was missed", async () => {
    await waiting("2026-11-25");
    await lookAt("2026-11-22T19:30:00Z");
    expect(await reminded()).toEqual([]);
    await lookAt("2026-11-23T06:00:00Z");
    expect(await reminded()).toContain("expiring Фёдор Прораб");
  });

  it("of what was decided or is a draft are nobody's news", async () => {
    const id = await waiting("2026-11-22");
    await newEstimate(work, people.foreman);
    const current = await work.asActor(people.owner, ({ agreement }) => agreement.current(id));
    await work.asActor(people.owner, ({ agreement }) =>
      agreement.approve({ revisionId: current?.id ?? "" }, { channel: "chat" }),
    );
    await lookAt("2026-11-22T09:00:00Z");
    expect(await reminded()).toEqual([]);
  });
});

describe("what nobody answered", () => {
  it("is reminded of after three and ten days; leaders hear of what they have to decide", async () => {
    await waiting(null, "manager");
    await lookAt("2026-11-22T09:00:00Z");
    expect(await reminded()).toEqual([]);
    // By the calendar: three days later, though not yet at the hour of sending.
    await lookAt("2026-11-23T06:00:00Z", { times: 2 });
    await lookAt("2026-11-24T09:00:00Z");
    const once = [
      "unanswered Ольга Владелица",
      "unanswered Пётр Начальник",
      "unanswered Фёдор Прораб",
    ];
    expect(await reminded()).toEqual(once);
    await lookAt("2026-11-30T09:00:00Z");
    await lookAt("2026-12-01T09:00:00Z");
    expect(await reminded()).toEqual([...once, ...once].toSorted());
  });

  it("by the client is the foreman's to ask for, and a new version waits anew", async () => {
    const id = await waiting(null);
    await lookAt("2026-11-23T09:00:00Z");
    expect(await reminded()).toEqual(["unanswered Фёдор Прораб"]);
    const current = await work.asActor(people.foreman, ({ agreement }) => agreement.current(id));
    await work.asActor(people.foreman, ({ agreement }) =>
      agreement.revise({ revisionId: current?.id ?? "" }),
    );
    await submit(work, people.foreman, id, "client");
    await lookAt("2026-11-24T09:00:00Z");
    expect(await reminded()).toHaveLength(1);
    await lookAt("2026-11-26T09:00:00Z");
    expect(await reminded()).toHaveLength(2);
  });
});

describe("extra work", () => {
  it("that the client has not answered for ten days is told of with what the law gives then", async () => {
    const id = await newExtra(work, people.foreman, await newContract(work, people));
    const { number } = await submit(work, people.foreman, id, "client");
    const unanswered = { sources: REMINDER_SOURCES.slice(1, 2) };
    await lookAt("2026-11-23T09:00:00Z", unanswered);
    expect(await textsOfUnanswered()).toEqual([expect.not.stringContaining("ГК РФ")]);
    await lookAt("2026-11-30T09:00:00Z", unanswered);
    expect(await textsOfUnanswered()).toEqual([expect.not.stringContaining("ГК РФ")]);
    await lookAt("2026-12-01T09:00:00Z", unanswered);
    const [, law] = await textsOfUnanswered();
    expect(law).toContain(number);
    expect(law).toContain("743 п. 3 ГК РФ");
  });
});

async function textsOfUnanswered(): Promise<string[]> {
  const timezone = "Europe/Moscow";
  const around = { count: 1, timezone, companyName: null, card: null, mendsCrm: false };
  const told = await listAllTold(work, people.owner.companyId);
  return told
    .filter(({ kind }) => kind === "unanswered")
    .map(({ kind, content }) => notificationView(kind, content, around).text.html);
}

describe("a planned payment", () => {
  it("is reminded of on its day and a week later, with what has not come of it", async () => {
    const id = await newContract(work, people);
    await work.asActor(people.foreman, async ({ payments }) => {
      const { balance } = await payments.get(id);
      const size = { kind: "amount" as const, amount: balance.agreed };
      await payments.addStage(id, { title: "Аванс", size, dueOn: day("2026-11-22") });
      const kopeck = kopecks(1n);
      await payments.add(id, { kind: "advance", title: "", amount: kopeck });
    });
    const unpaid = { sources: REMINDER_SOURCES.slice(2) };
    await lookAt("2026-11-21T09:00:00Z", unpaid);
    expect(await toldOfUnpaid()).toEqual([]);
    await lookAt("2026-11-22T09:00:00Z", { ...unpaid, times: 2 });
    await lookAt("2026-11-25T09:00:00Z", unpaid);
    const heard = ["Ольга Владелица", "Пётр Начальник", "Фёдор Прораб"];
    expect(await toldOfUnpaid()).toEqual(heard.map((name) => `${name} due`));
    await lookAt("2026-11-29T09:00:00Z", unpaid);
    await lookAt("2026-11-30T09:00:00Z", unpaid);
    const late = heard.map((name) => `${name} late`);
    expect((await toldOfUnpaid()).toSorted()).toEqual(
      [...heard.map((name) => `${name} due`), ...late].toSorted(),
    );
  });

  it("that has come is nobody's news", async () => {
    const id = await newContract(work, people);
    await work.asActor(people.foreman, async ({ payments }) => {
      const { balance } = await payments.get(id);
      const size = { kind: "percent" as const, percent: 300_000n as Percent };
      await payments.addStage(id, { title: "Аванс", size, dueOn: day("2026-11-22") });
      await payments.add(id, { kind: "advance", title: "", amount: balance.agreed });
    });
    await lookAt("2026-11-22T09:00:00Z");
    expect(await toldOfUnpaid()).toEqual([]);
  });
});

async function toldOfUnpaid(): Promise<string[]> {
  const told = await listAllTold(work, people.owner.companyId);
  return told
    .filter(({ kind }) => kind === "unpaid")
    .map(({ name, content }) => {
      const { isLate, stage } = content as { isLate: boolean; stage: string };
      expect(stage).toBe("Аванс");
      return `${name} ${isLate ? "late" : "due"}`;
    })
    .toSorted();
}

it("leaves no mark when a reminder could not be recorded", async () => {
  let isBroken = true;
  const source: ReminderSource = async ({ notify }) => [
    {
      key: "a test",
      tell: async () => {
        if (isBroken) throw new Error("no words");
        const content = { deadLetterId: newId(), queue: "test", number: null };
        await notify("dead_letter", content, { to: { roles: ["owner"] }, by: null });
      },
    },
  ];
  await expect(lookAt(NOON, { sources: [source] })).rejects.toThrow("no words");
  isBroken = false;
  await lookAt(NOON, { sources: [source], times: 2 });
  const told = await listAllTold(work, people.owner.companyId);
  expect(told.filter(({ kind }) => kind === "dead_letter")).toHaveLength(1);
});
