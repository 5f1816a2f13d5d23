import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { AppError } from "../../domain/errors.ts";
import type { Services } from "../../domain/services.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { SERVICE_NAMES } from "./services.ts";
import { newPeople, type TestPeople } from "./testing_agreement.ts";
import {
  type Calls,
  ESTIMATE_CALLS,
  LEADER_CALLS,
  MIXED_CALLS,
  OWN_CALLS,
  OWN_LEADER_CALLS,
  OWN_OWNER_CALLS,
  OWNER_CALLS,
  PERSONAL_CALLS,
  SHARED_CALLS,
} from "./testing_service_calls.ts";
import { fillCompany, halves, nobodys, type Things } from "./testing_strangers.ts";

/** Name a thing by its id. */
const AIMED: Calls = {
  ...ESTIMATE_CALLS,
  ...SHARED_CALLS,
  ...PERSONAL_CALLS,
  ...LEADER_CALLS,
  ...OWNER_CALLS,
};
const OWN: Calls = { ...OWN_CALLS, ...OWN_LEADER_CALLS, ...OWN_OWNER_CALLS };
const MARK = "Тайна Первых";

let work: TestWork;
let people: TestPeople;
let things: Things;
/** Things of another company, whose people know nothing of the first one. */
let strangers: TestPeople;
let theirOwn: Things;
/** Of another foreman of the first company. */
let others: Things;
let nothing: Things;

beforeAll(async () => {
  work = await createTestWork();
  people = await newPeople(work);
  strangers = await newPeople(work);
  await work.database.sql`
    update users set name = 'Посторонний'
    where user_id = any(${Object.values(strangers).map(({ userId }) => userId)}::uuid[])
  `;
  // First: the last one names the company.
  others = await fillCompany(work, { ...people, foreman: people.otherForeman }, "Дела Другого", 3);
  things = await fillCompany(work, people, MARK, 1);
  theirOwn = await fillCompany(work, strangers, "Дела Вторых", 2);
  nothing = nobodys(things);
}, 120_000);

afterAll(() => work.close());

class Undo extends Error {}

type Attempt = (services: Services) => Promise<unknown>;

/** The refusal, word for word, or what was shown; what was allowed is taken back. */
async function attempt(actor: Actor, call: Attempt): Promise<{ refusal: string; shown: unknown }> {
  let shown: unknown;
  try {
    await work.asActor(actor, async (services) => {
      shown = await call(services);
      throw new Undo();
    });
  } catch (error) {
    if (error instanceof Undo) return { refusal: "allowed", shown };
    if (error instanceof AppError) {
      const refusal = `${error.code}: ${error.message} ${JSON.stringify(error.details)}`;
      return { refusal, shown };
    }
    throw error;
  }
  throw new Error("nothing was thrown");
}

function textOf(shown: unknown): string {
  return JSON.stringify(shown ?? null, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

/** Ids of `things`, its mark, people and prices, as far as they are in what a call showed. */
function leaksOf(shown: unknown): string[] {
  const text = textOf(shown);
  const traces = [...Object.values(things), "Ольга Владелица", "Фёдор Прораб", "777701"];
  return traces.filter((trace) => text.includes(trace));
}

async function refusalOf(actor: Actor, call: Calls[string], aim: Things): Promise<string> {
  return (await attempt(actor, (services) => call?.(services, aim) ?? Promise.reject())).refusal;
}

it("knows every function of every service", async () => {
  const names = await work.asActor(people.owner, async (services) =>
    SERVICE_NAMES.flatMap((name) => Object.keys(services[name]).map((key) => `${name}.${key}`)),
  );
  // Whoever leaves names nobody else.
  const tried = [...Object.keys(AIMED), ...Object.keys(OWN), "team.leave"];
  expect(tried.toSorted()).toEqual(names.toSorted());
});

describe("a person of another company", () => {
  it.each(Object.entries(AIMED))(
    "hears from %s the same as about a thing that does not exist",
    async (_, call) => {
      const refusal = await refusalOf(strangers.owner, call, things);
      expect(refusal).toMatch(/^not_found: /);
      expect(refusal).toBe(await refusalOf(strangers.owner, call, nothing));
    },
  );

  it.each(Object.entries(OWN))("is shown by %s nothing of it", async (_, call) => {
    const { shown } = await attempt(strangers.owner, (services) => call(services, things));
    expect(leaksOf(shown)).toEqual([]);
  });

  it.each(Object.entries(MIXED_CALLS))("gets no hold of %s", async (_, call) => {
    const { owner } = strangers;
    const foreign = await attempt(owner, (services) => call(services, theirOwn, things));
    const absent = await attempt(owner, (services) => call(services, theirOwn, nothing));
    expect(leaksOf(foreign.shown)).toEqual([]);
    expect(foreign.refusal).toBe(absent.refusal);
  });
});

describe("half an id", () => {
  it.each(Object.entries(AIMED))(
    "is for %s the same as one that does not exist",
    async (_, call) => {
      const refusal = await refusalOf(people.owner, call, halves(things));
      expect(refusal).toMatch(/^not_found: /);
      expect(refusal).toBe(await refusalOf(people.owner, call, nothing));
    },
  );

  it.each(Object.entries(OWN))("is shown by %s nothing", async (_, call) => {
    // Whatever is no refusal of ours would be thrown.
    const { shown } = await attempt(strangers.owner, (services) => call(services, halves(things)));
    expect(leaksOf(shown)).toEqual([]);
  });

  it.each(Object.entries(MIXED_CALLS))("gets no hold of %s", async (_, call) => {
    const { owner } = people;
    const half = await attempt(owner, (services) => call(services, things, halves(things)));
    expect(half.refusal).toMatch(/^(not_found|invalid|conflict|allowed)\b/);
  });

  it("of an object or a client has no estimates", async () => {
    const { projectId, clientId } = halves(things);
    for (const where of [{ projectId }, { clientId }]) {
      const { shown } = await attempt(people.owner, ({ estimates }) => estimates.list(where));
      expect(shown).toEqual({ items: [], next: null });
    }
  });
});

describe("another foreman of the company", () => {
  it.each(Object.entries({ ...ESTIMATE_CALLS, ...PERSONAL_CALLS }))(
    "hears from %s the same as about a thing that does not exist",
    async (_, call) => {
      const refusal = await refusalOf(people.otherForeman, call, things);
      expect(refusal).toMatch(/^not_found: /);
      expect(refusal).toBe(await refusalOf(people.otherForeman, call, nothing));
    },
  );

  it.each(
    Object.entries({ ...LEADER_CALLS, ...OWNER_CALLS, ...OWN_LEADER_CALLS, ...OWN_OWNER_CALLS }),
  )("may not call %s, whatever it is about", async (_, call) => {
    const refusal = await refusalOf(people.otherForeman, call, things);
    expect(refusal).toMatch(/^forbidden: /);
    expect(refusal).toBe(await refusalOf(people.otherForeman, call, nothing));
  });

  it.each(["estimates.list", "extras.openContracts", "search.find", "notifications.history"])(
    "is shown by %s no estimate of his colleague",
    async (name) => {
      const { otherForeman } = people;
      const call = OWN_CALLS[name];
      const { shown } = await attempt(otherForeman, async (services) => call?.(services, things));
      const { estimateId, draftId, contractId, extraId } = things;
      for (const id of [estimateId, draftId, contractId, extraId]) {
        expect(textOf(shown)).not.toContain(id);
      }
    },
  );

  it("hears nothing of everybody's notifications", async () => {
    const { refusal } = await attempt(people.otherForeman, ({ notifications }) =>
      notifications.history({ whose: "company" }),
    );
    expect(refusal).toMatch(/^forbidden: /);
  });

  it.each(
    Object.entries(MIXED_CALLS).filter(([name]) => /section|line|photo|frozen|act/.test(name)),
  )("gets no hold of %s", async (_, call) => {
    const { otherForeman } = people;
    const hidden = await attempt(otherForeman, (services) => call(services, others, things));
    const absent = await attempt(otherForeman, (services) => call(services, others, nothing));
    expect(hidden.refusal).toBe(absent.refusal);
  });
});

describe("a manager", () => {
  it.each(Object.entries({ ...OWNER_CALLS, ...OWN_OWNER_CALLS }))(
    "may not call %s, whatever it is about",
    async (_, call) => {
      const refusal = await refusalOf(people.manager, call, things);
      expect(refusal).toMatch(/^forbidden: /);
      expect(refusal).toBe(await refusalOf(people.manager, call, nothing));
    },
  );

  it.each(Object.entries({ ...ESTIMATE_CALLS, ...SHARED_CALLS, ...LEADER_CALLS }))(
    "may call %s",
    async (_, call) => {
      expect(await refusalOf(people.manager, call, things)).not.toMatch(/^(not_found|forbidden): /);
    },
  );
});

describe("the people whose it is", () => {
  it.each(Object.entries({ ...ESTIMATE_CALLS, ...SHARED_CALLS, ...LEADER_CALLS, ...OWNER_CALLS }))(
    "let %s be called by their owner",
    async (_, call) => {
      expect(await refusalOf(people.owner, call, things)).not.toMatch(/^(not_found|forbidden): /);
    },
  );

  it.each(Object.entries({ ...ESTIMATE_CALLS, ...SHARED_CALLS, ...PERSONAL_CALLS }))(
    "let %s be called by the foreman, agreeing excepted",
    async (name, call) => {
      const refusal = await refusalOf(people.foreman, call, things);
      const isAgreeing = ["agreement.approve", "agreement.giveBack"].includes(name);
      expect(/^[a-z_]+: /.exec(refusal)?.[0]).not.toBe("not_found: ");
      expect(refusal.startsWith("forbidden: ")).toBe(isAgreeing);
    },
  );

  // Otherwise the silence towards strangers would prove nothing.
  it.each([
    "company.get",
    "clients.list",
    "clients.findByPhone",
    "projects.list",
    "estimates.list",
    "catalogue.list",
    "catalogue.suggestPrices",
    "extras.openContracts",
    "crm.reviews",
    "search.find",
    "team.members",
    "team.invitations",
    "deadLetters.list",
    "apiKeys.list",
    "crm.connections",
    "crm.recentErrors",
    "crm.failedPushes",
  ])("are shown by %s what is theirs", async (name) => {
    const { shown } = await attempt(people.owner, async (services) =>
      OWN[name]?.(services, things),
    );
    expect(leaksOf(shown)).not.toEqual([]);
  });
});
