import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../new_id.ts";
import { listTold, newPeople, shareWithClient } from "../services/testing_agreement.ts";
import { BROWSER, createShareStage, hidden, PERSON, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;

beforeAll(async () => {
  stage = await createShareStage();
});

afterAll(() => stage.close());

async function pageOf(token: string): Promise<string> {
  return (await stage.get(`/s/${token}`)).text();
}

/** Ticks, reads the new total and agrees, as the page does. */
async function agree(token: string, lines: readonly string[], fields: object = PERSON) {
  return (await prepareToAgree(token, lines, fields))();
}

/** All but the last press. */
async function prepareToAgree(token: string, lines: readonly string[], fields: object = PERSON) {
  const choice = { choice: "1", line: lines };
  const counted = await (await stage.post(`/s/${token}/choice`, choice)).text();
  const seen = { sha256: hidden(counted, "sha256"), total: hidden(counted, "total") };
  return () => stage.post(`/s/${token}/agree`, { ...fields, ...choice, ...seen });
}

async function evidenceOf(revisionId: string) {
  return stage.work.database.sql`
    select name, phone, channel, side, sha256, consent, chosen_lines, total_amount, user_agent,
      address, is_own_device, document, decided_at
    from approvals
    where revision_id = ${revisionId}
    order by decided_at
  `;
}

function statusOf(id: string) {
  const { owner } = stage.people;
  return stage.work.asActor(owner, async ({ estimates }) => (await estimates.card(id)).status);
}

describe("agreeing", () => {
  it("stores who, when, how and to what exactly", async () => {
    const { work, people } = stage;
    const { token, id, revision, chosenId } = await shareWithClient(work, people.foreman);
    const response = await agree(token, [chosenId]);
    expect(response.status).toBe(303);
    expect(response.headers.get("Location")).toBe(`/s/${token}`);
    const [evidence] = await evidenceOf(revision.id);
    expect(evidence).toMatchObject({
      name: "Иван Петров",
      phone: "+79123456789",
      channel: "page",
      side: "client",
      sha256: revision.sha256,
      chosen_lines: [chosenId],
      total_amount: "196736.26",
      user_agent: BROWSER,
      is_own_device: false,
      document: null,
      decided_at: work.clock.now,
    });
    expect(evidence?.["consent"]).toContain("на сумму 196\u00a0736,26\u00a0₽");
    expect(evidence?.["consent"]).toContain("63-ФЗ");
    expect(evidence?.["consent"]).toContain("152-ФЗ");
    expect(await statusOf(id)).toBe("approved");
    expect(await pageOf(token)).toContain("Смета согласована");
    expect(await listTold(work, people.owner.companyId)).toContainEqual({
      kind: "approved",
      name: "Фёдор Прораб",
      content: expect.objectContaining({ byName: "Иван Петров", side: "client", estimateId: id }),
    });
  });

  it("with another choice brings the choice into the estimate, its total and its log", async () => {
    const { work, people } = stage;
    const { token, id, revision, unchosenId } = await shareWithClient(work, people.foreman);
    const before = await work.asActor(people.foreman, ({ estimates }) => estimates.content(id));
    expect((await agree(token, [unchosenId])).status).toBe(303);
    const after = await work.asActor(people.foreman, ({ estimates }) => estimates.content(id));
    const chosen = [...after.content.lines.values()].filter((line) => line.isChosen);
    expect(chosen.map((line) => line.id)).toEqual([unchosenId]);
    // Both options cost the same, so look at what changed by hand.
    expect(after.card.totals.total).toBe(before.card.totals.total);
    expect(after.card.version).toBe(before.card.version + 1);
    expect(after.card.status).toBe("approved");
    const log = await work.asActor(people.foreman, ({ estimates }) =>
      estimates.changesSince(id, before.card.version),
    );
    expect(log.changes).toHaveLength(2);
    const [evidence] = await evidenceOf(revision.id);
    expect(evidence?.["chosen_lines"]).toEqual([unchosenId]);
    expect(String(evidence?.["document"])).toContain("Подсветка");
  });

  it("to everything and to nothing optional counts to the kopeck", async () => {
    const { work, people } = stage;
    for (const [pick, total] of [
      [(all: string[]) => all, "199452.32"],
      [() => [], "194020.20"],
    ] as const) {
      const { token, id, chosenId, unchosenId } = await shareWithClient(work, people.foreman);
      await agree(token, pick([chosenId, unchosenId]));
      const card = await work.asActor(people.foreman, ({ estimates }) => estimates.card(id));
      const [row] = await work.database.sql`
        select total_amount from estimates where id = ${id}
      `;
      expect(row?.["total_amount"]).toBe(total);
      expect(card.totals.total).toBe(BigInt(total.replace(".", "")));
      const {
        items: [agreed],
      } = await work.asActor(people.foreman, ({ agreement }) => agreement.revisions(id));
      expect(agreed?.decisions[0]?.total).toBe(card.totals.total);
    }
  });

  it("is asked again when the choice makes another total than the client saw", async () => {
    const { work, people } = stage;
    const { token, id, chosenId, unchosenId } = await shareWithClient(work, people.foreman);
    const html = await pageOf(token);
    const response = await stage.post(`/s/${token}/agree`, {
      ...PERSON,
      choice: "1",
      line: [chosenId, unchosenId],
      sha256: hidden(html, "sha256"),
      total: hidden(html, "total"),
    });
    expect(response.status).toBe(409);
    const asked = await response.text();
    expect(asked).toContain("Итог изменился");
    expect(asked).toContain('value="Иван Петров"');
    expect(hidden(asked, "total")).toBe("199452.32");
    expect(await statusOf(id)).toBe("submitted");
  });

  it("sent twice at once counts once", async () => {
    const { work, people } = stage;
    const { token, id, revision, chosenId } = await shareWithClient(work, people.foreman);
    const presses = [];
    while (presses.length < 3) presses.push(await prepareToAgree(token, [chosenId]));
    const responses = await Promise.all(presses.map((press) => press()));
    expect(responses.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await evidenceOf(revision.id)).toHaveLength(1);
    expect(await statusOf(id)).toBe("approved");
  });

  it("and the manager's decision at once have one outcome each", async () => {
    const { work, people } = stage;
    for (let round = 0; round < 5; round += 1) {
      const { token, id, revision, chosenId } = await shareWithClient(work, people.foreman);
      // What the client looks at is there before anybody decides; only the presses meet.
      const press = await prepareToAgree(token, [chosenId]);
      const [page, decision] = await Promise.all([
        press(),
        work.asActor(people.manager, ({ agreement }) =>
          agreement.giveBack({ revisionId: revision.id }, { channel: "chat", reason: "Стоп" }),
        ),
      ]);
      const isAgreed = page.status === 303;
      expect(decision.outcome).toBe(isAgreed ? "late" : "done");
      expect(decision.revision.decidedByName).toBe(isAgreed ? "Иван Петров" : "Пётр Начальник");
      expect(await statusOf(id)).toBe(isAgreed ? "approved" : "returned");
      expect(await evidenceOf(revision.id)).toHaveLength(1);
      // Whoever lost is told what happened instead.
      expect(isAgreed || (await page.text()).includes("на доработке")).toBe(true);
    }
  });

  it("comes after the manager's approval, too, without a choice", async () => {
    const { work, people } = stage;
    const { token, id, revision, unchosenId } = await shareWithClient(work, people.foreman);
    await work.asActor(people.manager, ({ agreement }) =>
      agreement.approve({ revisionId: revision.id }, { channel: "chat" }),
    );
    const html = await pageOf(token);
    expect(html).not.toContain('name="line"');
    expect((await agree(token, [unchosenId])).status).toBe(303);
    const evidence = await evidenceOf(revision.id);
    expect(evidence.map((row) => row["side"])).toEqual(["company", "client"]);
    expect(evidence[1]).toMatchObject({ total_amount: "196736.26" });
    expect(await statusOf(id)).toBe("approved");
  });

  it.each([
    ["no name", { ...PERSON, name: " " }, "Напишите имя"],
    ["a phone that is none", { ...PERSON, phone: "123" }, "Напишите номер телефона"],
    ["no signature", { ...PERSON, signature: undefined }, "Без этого согласия"],
    ["no consent to keep data", { ...PERSON, personalData: undefined }, "Без этого согласия"],
  ])("is refused with %s, and nothing typed is lost", async (_, fields, sentence) => {
    const { token, id, chosenId } = await shareWithClient(stage.work, stage.people.foreman);
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
    const response = await agree(token, [chosenId], given);
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html).toContain(sentence);
    expect(html).toContain(`value="${fields.phone}"`);
    expect(html).toMatch(new RegExp(`value="${chosenId}"[^>]*checked`));
    expect(await statusOf(id)).toBe("submitted");
  });

  it("is refused after the last day of the prices", async () => {
    const { work, people } = stage;
    const { token, revision } = await shareWithClient(work, people.foreman);
    const today = work.clock.now;
    work.clock.now = new Date("2026-12-23T09:00:00Z");
    const html = await pageOf(token);
    expect(html).toContain("Срок действия цен истёк");
    const { sha256 } = revision;
    const late = await stage.post(`/s/${token}/agree`, { ...PERSON, sha256, total: "196736.26" });
    expect(late.status).toBe(409);
    work.clock.now = today;
  });

  it("is refused to forms of other sites", async () => {
    const { token, id, chosenId } = await shareWithClient(stage.work, stage.people.foreman);
    const html = await pageOf(token);
    const fields = {
      ...PERSON,
      choice: "1",
      line: chosenId,
      sha256: hidden(html, "sha256"),
      total: hidden(html, "total"),
    };
    for (const headers of [{ "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }]) {
      expect((await stage.post(`/s/${token}/agree`, fields, headers)).status).toBe(403);
    }
    expect(await statusOf(id)).toBe("submitted");
  });

  it("is slowed down for who tries too often", async () => {
    const { token } = await shareWithClient(stage.work, stage.people.foreman);
    const statuses: number[] = [];
    for (let index = 0; index < 21; index += 1) {
      statuses.push((await stage.post(`/s/${token}/agree`, {})).status);
    }
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 400));
    expect(statuses[20]).toBe(429);
  });
});

describe("a choice", () => {
  it("is counted for the page's script to the same kopeck", async () => {
    const { token, chosenId, unchosenId } = await shareWithClient(stage.work, stage.people.foreman);
    const response = await stage.post(
      `/s/${token}/choice`,
      { choice: "1", line: [chosenId, unchosenId, newId(), "nonsense"] },
      { Accept: "application/json" },
    );
    expect(await response.json()).toMatchObject({
      total: "199452.32",
      totalText: "199\u00a0452,32\u00a0₽",
      rows: [
        { label: "Работы", isFinal: false },
        { label: "Материалы", isFinal: false },
        { label: "ИТОГО", amount: "199\u00a0452,32\u00a0₽", isFinal: true },
      ],
      consent: expect.stringContaining("199\u00a0452,32\u00a0₽"),
    });
  });
});

describe("a question", () => {
  it("reaches the foreman, and the answer comes back to the page", async () => {
    const { work } = stage;
    const people = await newPeople(work);
    const { token, id, chosenId } = await shareWithClient(work, people.foreman);
    const fields = { form: newId(), about: chosenId, text: "А кабель?", author: "Иван" };
    const sent = await Promise.all([
      stage.post(`/s/${token}/questions`, fields),
      stage.post(`/s/${token}/questions`, fields),
    ]);
    expect(sent.map(({ status }) => status)).toEqual([303, 303]);
    const { items: questions } = await work.asActor(people.foreman, (services) =>
      services.questions.list(id),
    );
    expect(questions).toMatchObject([
      { text: "А кабель?", authorName: "Иван", line: { name: "Тёплый пол" }, answer: null },
    ]);
    const told = await listTold(work, people.owner.companyId);
    expect(told.filter(({ kind }) => kind === "question")).toMatchObject([
      { name: "Фёдор Прораб", content: { text: "А кабель?", lineName: "Тёплый пол" } },
    ]);
    await work.asActor(people.manager, (services) =>
      services.questions.answer(questions[0]?.id ?? "", "Кабель входит."),
    );
    const html = await pageOf(token);
    expect(html).toContain("Кабель входит.");
    expect(html).not.toContain("Пётр Начальник");
  });

  it("is refused when it is empty or about a line of nobody", async () => {
    const { token, id } = await shareWithClient(stage.work, stage.people.foreman);
    const ask = (about: string, text: string) =>
      stage.post(`/s/${token}/questions`, { form: newId(), about, text, author: "" });
    expect((await ask("", " ")).status).toBe(400);
    const unknown = await ask(newId(), "Что это?");
    expect(unknown.status).toBe(409);
    expect(await unknown.text()).toContain("Что это?");
    const { items: questions } = await stage.work.asActor(stage.people.foreman, (services) =>
      services.questions.list(id),
    );
    expect(questions).toEqual([]);
  });

  it("can't be answered or read by people whose estimate it is not", async () => {
    const { work, people } = stage;
    const { token, id } = await shareWithClient(work, people.foreman);
    await stage.post(`/s/${token}/questions`, { form: newId(), about: "", text: "Когда?" });
    const {
      items: [question],
    } = await work.asActor(people.foreman, (services) => services.questions.list(id));
    for (const actor of [people.stranger, people.otherForeman]) {
      for (const act of [
        () => work.asActor(actor, (services) => services.questions.get(question?.id ?? "")),
        () => work.asActor(actor, (services) => services.questions.answer(question?.id ?? "", "х")),
      ]) {
        await expect(act()).rejects.toMatchObject({ code: "not_found" });
      }
    }
  });
});
