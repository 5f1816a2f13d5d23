import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { AppError } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import type { Services } from "../../domain/services.ts";
import { tenantTransaction } from "../../db/client.ts";
import { insertDeadLetter } from "../../db/dead_letters.ts";
import { insertQuestion } from "../../db/questions.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { newPeople, shareWithClient, type TestPeople } from "./testing_agreement.ts";

interface Things {
  readonly estimateId: Id;
  readonly revisionId: Id;
  readonly linkId: Id;
  readonly questionId: Id;
  readonly userId: Id;
  readonly invitationId: Id;
  readonly deadLetterId: Id;
}

type Call = (services: Services, things: Things) => Promise<unknown>;
const chat = { channel: "chat", reason: "Дорого" } as const;

/** About an estimate: also another foreman of the same company may not know that it is there. */
const ESTIMATE_CALLS: Readonly<Record<string, Call>> = {
  "agreement.check": ({ agreement }, { estimateId }) => agreement.check(estimateId),
  "agreement.submit": ({ agreement }, { estimateId }) =>
    agreement.submit(estimateId, { audience: "manager", acceptWarnings: true }),
  "agreement.approve": ({ agreement }, { revisionId }) => agreement.approve({ revisionId }, chat),
  "agreement.giveBack": ({ agreement }, { revisionId }) => agreement.giveBack({ revisionId }, chat),
  "agreement.withdraw": ({ agreement }, { revisionId }) => agreement.withdraw({ revisionId }),
  "agreement.revise": ({ agreement }, { revisionId }) => agreement.revise({ revisionId }),
  "agreement.archive": ({ agreement }, { estimateId }) => agreement.archive(estimateId),
  "agreement.revisions": ({ agreement }, { estimateId }) => agreement.revisions(estimateId),
  "agreement.revision": ({ agreement }, { revisionId }) => agreement.revision(revisionId),
  "agreement.document": ({ agreement }, { estimateId, revisionId }) =>
    agreement.document(estimateId, revisionId),
  "agreement.current": ({ agreement }, { estimateId }) => agreement.current(estimateId),
  "agreement.compare": ({ agreement }, { estimateId }) =>
    agreement.compare(estimateId, { from: 1, to: null }),
  "sharing.share": ({ sharing }, { estimateId }) => sharing.share(estimateId),
  "sharing.links": ({ sharing }, { estimateId }) => sharing.links(estimateId),
  "sharing.revoke": ({ sharing }, { linkId }) => sharing.revoke(linkId),
  "questions.list": ({ questions }, { estimateId }) => questions.list(estimateId),
  "questions.get": ({ questions }, { questionId }) => questions.get(questionId),
  "questions.answer": ({ questions }, { questionId }) => questions.answer(questionId, "Да"),
};

/** About people and work of the company: for its leaders or owners. */
const COMPANY_CALLS: Readonly<Record<string, Call>> = {
  "team.revokeInvitation": ({ team }, { invitationId }) => team.revokeInvitation(invitationId),
  "team.setRole": ({ team }, { userId }) => team.setRole(userId, "foreman"),
  "team.remove": ({ team }, { userId }) => team.remove(userId),
  "deadLetters.retry": ({ deadLetters }, { deadLetterId }) => deadLetters.retry(deadLetterId),
};

/** What names no thing shows the caller's own company alone. */
const OWN_CALLS: Readonly<Record<string, Call>> = {
  "team.members": ({ team }) => team.members(),
  "team.invitations": ({ team }) => team.invitations(),
  "team.invite": ({ team }) => team.invite({ role: "foreman" }),
  "notifications.kinds": ({ notifications }) => notifications.kinds(),
  "notifications.setMuted": ({ notifications }) => notifications.setMuted("viewed", true),
  "notifications.history": ({ notifications }) => notifications.history({ whose: "company" }),
  "deadLetters.list": ({ deadLetters }) => deadLetters.list({}),
};

const ALL_CALLS = { ...ESTIMATE_CALLS, ...COMPANY_CALLS, ...OWN_CALLS };

let work: TestWork;
let people: TestPeople;
let things: Things;
/** Ids that nobody has. */
let nothing: Things;

beforeAll(async () => {
  work = await createTestWork();
  people = await newPeople(work);
  const { companyId } = people.owner;
  const { id: estimateId, revision, link } = await shareWithClient(work, people.foreman);
  const invitation = await work.asActor(people.owner, ({ team }) => team.invite({ role: "owner" }));
  const [questionId, deadLetterId] = [newId(), newId()];
  await tenantTransaction(work.database.sql, companyId, async (tx) => {
    await insertQuestion(tx, companyId, {
      id: questionId,
      revisionId: revision.id,
      line: null,
      text: "А грунтовка входит?",
      authorName: "Ирина",
      askedAt: work.clock.now,
    });
    await insertDeadLetter(tx, companyId, {
      id: deadLetterId,
      queue: "document.render",
      payload: { companyId, documentId: newId() },
      reason: "",
      diedAt: work.clock.now,
    });
  });
  things = {
    estimateId,
    revisionId: revision.id,
    linkId: link.id,
    questionId,
    userId: people.foreman.userId,
    invitationId: invitation.id,
    deadLetterId,
  };
  nothing = {
    estimateId: newId(),
    revisionId: newId(),
    linkId: newId(),
    questionId: newId(),
    userId: newId(),
    invitationId: newId(),
    deadLetterId: newId(),
  };
});

afterAll(() => work.close());

class Undo extends Error {}

/** The refusal, word for word; what was allowed is taken back. */
async function refusalOf(actor: Actor, call: Call, aim: Things): Promise<string> {
  try {
    await work.asActor(actor, async (services) => {
      await call(services, aim);
      throw new Undo();
    });
  } catch (error) {
    if (error instanceof Undo) return "allowed";
    if (error instanceof AppError) {
      return `${error.code}: ${error.message} ${JSON.stringify(error.details)}`;
    }
    throw error;
  }
  throw new Error("nothing was thrown");
}

it("knows every function of these services", async () => {
  const names = await work.asActor(people.owner, async (services) =>
    (
      ["agreement", "sharing", "questions", "team", "notifications", "deadLetters"] as const
    ).flatMap((name) => Object.keys(services[name]).map((key) => `${name}.${key}`)),
  );
  // Whoever leaves names nobody else.
  const tested = [...Object.keys(ALL_CALLS), "team.leave"];
  expect(tested.toSorted()).toEqual(names.toSorted());
});

describe("a person of another company", () => {
  it.each(Object.entries({ ...ESTIMATE_CALLS, ...COMPANY_CALLS }))(
    "hears from %s the same as about a thing that does not exist",
    async (_, call) => {
      const foreign = await refusalOf(people.stranger, call, things);
      expect(foreign).toMatch(/^not_found: /);
      expect(foreign).toBe(await refusalOf(people.stranger, call, nothing));
    },
  );

  it.each(Object.entries(OWN_CALLS))("sees by %s nothing of it", async (_, call) => {
    const shown = await work.asActor(people.stranger, (services) => call(services, things));
    const text = JSON.stringify(shown ?? null);
    for (const mark of [...Object.values(things), "Ольга Владелица", "Фёдор Прораб"]) {
      expect(text).not.toContain(mark);
    }
  });
});

describe("another foreman of the company", () => {
  it.each(Object.entries(ESTIMATE_CALLS))(
    "hears from %s the same as about a thing that does not exist",
    async (_, call) => {
      const hidden = await refusalOf(people.otherForeman, call, things);
      expect(hidden).toMatch(/^not_found: /);
      expect(hidden).toBe(await refusalOf(people.otherForeman, call, nothing));
    },
  );

  it.each([
    ...Object.entries(COMPANY_CALLS),
    ...["team.members", "team.invitations", "team.invite", "notifications.history"].map(
      (name) => [name, OWN_CALLS[name]] as const,
    ),
    ["deadLetters.list", OWN_CALLS["deadLetters.list"]] as const,
  ])("may not call %s, whatever it is about", async (_, call) => {
    if (!call) throw new Error("no such call");
    const refused = await refusalOf(people.otherForeman, call, things);
    expect(refused).toMatch(/^forbidden: /);
    expect(refused).toBe(await refusalOf(people.otherForeman, call, nothing));
  });
});

it("lets the people of the company do all of it, each by their role", async () => {
  const outcomes: Record<string, string> = {};
  for (const [name, call] of Object.entries(ALL_CALLS)) {
    outcomes[name] = await refusalOf(people.owner, call, things);
  }
  expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== "allowed")).toEqual([
    ["agreement.archive", expect.stringMatching(/^conflict: /)],
  ]);
});

describe("the foreman whose estimate it is", () => {
  it.each(["agreement.approve", "agreement.giveBack"])("may not call %s himself", async (name) => {
    const call = ESTIMATE_CALLS[name];
    if (!call) throw new Error("no such call");
    expect(await refusalOf(people.foreman, call, things)).toMatch(/^forbidden: /);
  });
});
