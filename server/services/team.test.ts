import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Actor, Role } from "../../domain/access.ts";
import type { JoinOutcome } from "../../domain/team.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { insertNotification } from "../../db/notifications.ts";
import { LEFT_TEAM } from "../../domain/notifications.ts";
import { findSession, insertSession } from "../../db/sessions.ts";
import { makeLinkToken, makeToken } from "../auth/tokens.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

const DAY = 24 * 3600 * 1000;

let work: TestWork;
let owner: Actor;
let updateId = 0;
let chatId = 500;

beforeAll(async () => {
  work = await createTestWork();
});

beforeEach(async () => {
  work.clock.now = new Date("2026-11-22T09:00:00Z");
  owner = await work.newActor();
});

afterAll(() => work.close());

/** What a person does who writes to the bot. */
async function asPerson<Result>(
  telegramId: number,
  act: (opened: Parameters<Parameters<TestWork["updates"]["run"]>[1]>[0]) => Promise<Result>,
): Promise<Result> {
  let result: { value: Result } | undefined;
  updateId += 1;
  const sender = {
    id: telegramId,
    username: null,
    firstName: "Алексей",
    lastName: null,
    languageCode: "ru",
  };
  await work.updates.run({ botId: 1, updateId, chatId: telegramId, sender }, async (opened) => {
    result = { value: await act(opened) };
  });
  if (!result) throw new Error("the update was not run");
  return result.value;
}

function newPerson(): number {
  chatId += 1;
  return chatId;
}

function join(telegramId: number, payload: string): Promise<JoinOutcome> {
  return asPerson(telegramId, (opened) => opened.joinCompany(payload.slice("join_".length)));
}

function invite(fields: { role?: Role; uses?: number; days?: number } = {}) {
  return work.asActor(owner, ({ team }) => team.invite({ role: "foreman", ...fields }));
}

async function actorOf(telegramId: number): Promise<Actor | null> {
  return asPerson(telegramId, async ({ person }) => person?.actor ?? null);
}

describe("an invitation", () => {
  it("lets one person in with its role, and the person works for the company at once", async () => {
    const { payload } = await invite({ role: "manager" });
    expect(payload).toMatch(/^join_[A-Za-z0-9_-]{1,59}$/);
    const person = newPerson();
    const seen = await asPerson(person, async (opened) => {
      expect(() => opened.services()).toThrow("Сначала создайте компанию");
      const joined = await opened.joinCompany(payload.slice(5));
      return { joined, company: await opened.services().company.get() };
    });
    const { companyId } = owner;
    expect(seen).toMatchObject({
      joined: { outcome: "joined", companyId, companyName: "Ромашка", role: "manager" },
      company: { id: companyId },
    });
    expect(await actorOf(person)).toMatchObject({ companyId, role: "manager" });
    const members = await work.asActor(owner, ({ team }) => team.members());
    expect(members.map(({ role }) => role)).toEqual(["owner", "manager"]);
  });

  it("opened twice by the same person says that they are in already", async () => {
    const { payload } = await invite();
    const person = newPerson();
    expect(await join(person, payload)).toMatchObject({ outcome: "joined" });
    expect(await join(person, payload)).toMatchObject({
      outcome: "already_member",
      role: "foreman",
    });
    const [open] = await work.asActor(owner, ({ team }) => team.invitations());
    expect(open).toBeUndefined();
  });

  it("does not lower the role of who is in already", async () => {
    const { payload } = await invite({ role: "owner", uses: 2 });
    const person = newPerson();
    await join(person, payload);
    const { payload: lower } = await invite({ role: "foreman" });
    expect(await join(person, lower)).toMatchObject({ outcome: "already_member", role: "owner" });
  });

  it("is used up after its number of people", async () => {
    const { payload } = await invite({ uses: 2 });
    expect(await join(newPerson(), payload)).toMatchObject({ outcome: "joined" });
    expect(await join(newPerson(), payload)).toMatchObject({ outcome: "joined" });
    const late = newPerson();
    expect(await join(late, payload)).toEqual({ outcome: "used_up" });
    expect(await actorOf(late)).toBeNull();
  });

  it("for one lets in one of five who open it at once", async () => {
    const { payload } = await invite();
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => join(newPerson(), payload)));
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
      "joined",
      ...Array.from({ length: 4 }, () => "used_up"),
    ]);
  });

  it("is over after its days", async () => {
    const { payload } = await invite({ days: 2 });
    work.clock.now = new Date(work.clock.now.getTime() + 2 * DAY);
    expect(await join(newPerson(), payload)).toEqual({ outcome: "expired" });
  });

  it("can be taken back, also twice", async () => {
    const { payload, id } = await invite();
    expect(await work.asActor(owner, ({ team }) => team.invitations())).toMatchObject([
      { id, role: "foreman", usesLeft: 1, createdByName: "Иван Прорабов" },
    ]);
    await work.asActor(owner, ({ team }) => team.revokeInvitation(id));
    await work.asActor(owner, ({ team }) => team.revokeInvitation(id));
    expect(await join(newPerson(), payload)).toEqual({ outcome: "revoked" });
    expect(await work.asActor(owner, ({ team }) => team.invitations())).toEqual([]);
  });

  it("that nobody made is unknown, whatever it looks like", async () => {
    const { payload } = await invite();
    const other = await work.newActor();
    const tokens = [
      "",
      "x",
      "abc!",
      makeLinkToken(owner.companyId),
      makeLinkToken(newId()),
      // The right secret in front of which another company stands.
      makeLinkToken(other.companyId).slice(0, 22) + payload.slice(27),
      `${payload.slice(5)}x`,
      "я".repeat(54),
    ];
    for (const token of tokens) {
      expect(await join(newPerson(), `join_${token}`)).toEqual({ outcome: "unknown" });
    }
  });

  it("that does not work leaves the person in their own company", async () => {
    const person = newPerson();
    await asPerson(person, (opened) => opened.createCompany("Своя"));
    const name = await asPerson(person, async (opened) => {
      await opened.joinCompany(makeLinkToken(owner.companyId));
      return (await opened.services().company.get()).name;
    });
    expect(name).toBe("Своя");
  });

  it("is kept as a hash only", async () => {
    const { payload } = await invite();
    const [row] = await work.database.sql`
      select to_jsonb(invitations)::text as text from invitations
      where company_id = ${owner.companyId}
    `;
    expect(String(row?.["text"])).not.toContain(payload.slice(27));
  });

  it.each([{ uses: 0 }, { uses: 101 }, { days: 0 }, { days: 91 }, { uses: 1.5 }])(
    "refuses %o",
    async (fields) => {
      await expect(invite(fields)).rejects.toMatchObject({ code: "invalid" });
    },
  );
});

describe("a person of two companies", () => {
  it("switches between them and sees only the chosen one", async () => {
    const person = newPerson();
    await asPerson(person, (opened) => opened.createCompany("Своя"));
    const own = await actorOf(person);
    const { payload } = await invite();
    await join(person, payload);
    expect(await actorOf(person)).toMatchObject({ companyId: owner.companyId });
    const name = await asPerson(person, async (opened) => {
      await opened.switchCompany(own?.companyId ?? "");
      return (await opened.services().company.get()).name;
    });
    expect(name).toBe("Своя");
    expect(await actorOf(person)).toEqual(own);
  });

  it("can't switch to a company that is not theirs", async () => {
    const person = newPerson();
    await asPerson(person, (opened) => opened.createCompany("Своя"));
    await expect(
      asPerson(person, (opened) => opened.switchCompany(owner.companyId)),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a removed person", () => {
  it("loses the next request and every open session", async () => {
    const person = newPerson();
    await join(person, (await invite()).payload);
    const actor = await actorOf(person);
    const token = makeToken();
    const { companyId, userId } = actor ?? owner;
    await insertSession(work.database.sql, token, {
      companyId,
      userId,
      kind: "miniapp",
      expiresAt: new Date("2100-01-01"),
    });
    await work.asActor(owner, ({ team }) => team.remove(userId));
    expect(await actorOf(person)).toBeNull();
    expect(await findSession(work.database.sql, token, work.clock.now)).toBeNull();
    // Invited again, they do not get the old session back.
    await join(person, (await invite()).payload);
    expect(await actorOf(person)).toMatchObject({ companyId });
    expect(await findSession(work.database.sql, token, work.clock.now)).toBeNull();
  });

  it("gets nothing more of what waited there, and all that waits elsewhere", async () => {
    const person = newPerson();
    await asPerson(person, (opened) => opened.createCompany("Своя"));
    const own = (await actorOf(person)) ?? owner;
    await join(person, (await invite()).payload);
    for (const { companyId } of [owner, own]) {
      const waiting = { id: newId(), telegramId: person, kind: "created", content: {} };
      await tenantTransaction(work.database.sql, companyId, (tx) =>
        insertNotification(tx, companyId, waiting),
      );
    }
    await work.asActor(owner, ({ team }) => team.remove(own.userId));
    const rows = await work.database.sql`
      select company_id = ${owner.companyId} as is_left, status, error
      from telegram_notifications
      where telegram_id = ${person}
      order by id
    `;
    expect([...rows]).toEqual([
      { is_left: true, status: "failed", error: LEFT_TEAM },
      { is_left: false, status: "waiting", error: null },
    ]);
  });

  it("keeps the sessions of other companies", async () => {
    const person = newPerson();
    await asPerson(person, (opened) => opened.createCompany("Своя"));
    const own = (await actorOf(person)) ?? owner;
    const token = makeToken();
    await insertSession(work.database.sql, token, {
      companyId: own.companyId,
      userId: own.userId,
      kind: "miniapp",
      expiresAt: new Date("2100-01-01"),
    });
    await join(person, (await invite()).payload);
    await work.asActor(owner, ({ team }) => team.remove(own.userId));
    expect(await findSession(work.database.sql, token, work.clock.now)).not.toBeNull();
    expect(await actorOf(person)).toEqual(own);
  });
});

describe("the last owner", () => {
  it("can neither go, be removed nor become something less", async () => {
    const { userId } = owner;
    for (const act of [
      () => work.asActor(owner, ({ team }) => team.leave()),
      () => work.asActor(owner, ({ team }) => team.remove(userId)),
      () => work.asActor(owner, ({ team }) => team.setRole(userId, "manager")),
    ]) {
      await expect(act()).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("последний владелец"),
      });
    }
  });

  it("may go when there is another one", async () => {
    await work.newActor({ companyId: owner.companyId, role: "owner" });
    await work.asActor(owner, ({ team }) => team.leave());
    await expect(work.asActor(owner, ({ team }) => team.leave())).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("is one of two who leave at once, however often it is tried", async () => {
    for (let round = 0; round < 10; round += 1) {
      const first = await work.newActor();
      const second = await work.newActor({ companyId: first.companyId, role: "owner" });
      const results = await Promise.allSettled([
        work.asActor(first, ({ team }) => team.leave()),
        work.asActor(second, ({ team }) =>
          round % 2 === 0
            ? team.leave()
            : team.setRole(second.userId, "foreman").then(() => undefined),
        ),
      ]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    }
  });

  it("is not lost when two owners remove each other at once", async () => {
    const second = await work.newActor({ companyId: owner.companyId, role: "owner" });
    const results = await Promise.allSettled([
      work.asActor(owner, ({ team }) => team.remove(second.userId)),
      work.asActor(second, ({ team }) => team.remove(owner.userId)),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("rights over the team", () => {
  it("belong to owners; managers may look", async () => {
    const { companyId } = owner;
    const manager = await work.newActor({ companyId, role: "manager" });
    const foreman = await work.newActor({ companyId, role: "foreman" });
    const { id } = await invite();
    expect(await work.asActor(manager, ({ team }) => team.members())).toHaveLength(3);
    await expect(work.asActor(foreman, ({ team }) => team.members())).rejects.toMatchObject({
      code: "forbidden",
    });
    for (const actor of [manager, foreman]) {
      for (const act of [
        () => work.asActor(actor, ({ team }) => team.invite({ role: "owner" })),
        () => work.asActor(actor, ({ team }) => team.invitations()),
        () => work.asActor(actor, ({ team }) => team.revokeInvitation(id)),
        () => work.asActor(actor, ({ team }) => team.setRole(actor.userId, "owner")),
        () => work.asActor(actor, ({ team }) => team.remove(owner.userId)),
      ]) {
        await expect(act()).rejects.toMatchObject({ code: "forbidden" });
      }
    }
  });

  it("change a role, and the person has it with the next request", async () => {
    const person = newPerson();
    await join(person, (await invite()).payload);
    const userId = (await actorOf(person))?.userId ?? "";
    const changed = await work.asActor(owner, ({ team }) => team.setRole(userId, "manager"));
    expect(changed).toMatchObject({ userId, role: "manager", name: "Алексей" });
    expect(await actorOf(person)).toMatchObject({ role: "manager" });
  });

  it("do not reach people and invitations of another company", async () => {
    const other = await work.newActor();
    const { id } = await work.asActor(other, ({ team }) => team.invite({ role: "foreman" }));
    for (const act of [
      () => work.asActor(owner, ({ team }) => team.setRole(other.userId, "foreman")),
      () => work.asActor(owner, ({ team }) => team.remove(other.userId)),
      () => work.asActor(owner, ({ team }) => team.revokeInvitation(id)),
      () => work.asActor(owner, ({ team }) => team.remove("nonsense")),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: "not_found" });
    }
    expect(await work.asActor(other, ({ team }) => team.invitations())).toHaveLength(1);
  });
});
