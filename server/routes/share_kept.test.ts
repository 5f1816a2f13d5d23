import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newPeople, shareWithClient, type TestPeople } from "../services/testing_agreement.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;
let people: TestPeople;
let token: string;
let id: string;

beforeAll(async () => {
  stage = await createShareStage();
});

beforeEach(async () => {
  people = await newPeople(stage.work);
  ({ token, id } = await shareWithClient(stage.work, people.foreman));
});

afterAll(() => stage.close());

async function look(headers: Record<string, string> = {}) {
  const answer = await stage.get(`/s/${token}`, headers);
  return {
    status: answer.status,
    text: await answer.text(),
    type: answer.headers.get("Content-Type"),
  };
}

const formOf = (text: string) => /name="form" value="([0-9a-f-]{36})"/.exec(text)?.[1];

describe("a client's page that was shown before", () => {
  it("is the same, but for the id of the next question", async () => {
    const [first, second, third] = [await look(), await look(), await look()];
    const ids = [first, second, third].map(({ text }) => formOf(text));
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain(undefined);
    const bare = ({ text, ...rest }: typeof first) => ({
      ...rest,
      text: text.replace(formOf(text) ?? "", ""),
    });
    expect(bare(second)).toEqual(bare(first));
    expect(bare(third)).toEqual(bare(first));
    expect(first.type).toMatch(/text\/html/);
  });

  it("is packed for browsers, each time with an id of its own", async () => {
    const plain = await look();
    const ids = new Set([formOf(plain.text)]);
    for (let opening = 0; opening < 3; opening += 1) {
      const answer = await stage.get(`/s/${token}`, { "Accept-Encoding": "gzip, deflate, br" });
      expect(answer.headers.get("Content-Encoding")).toBe("gzip");
      expect(answer.headers.get("Vary")).toBe("Accept-Encoding");
      const text = gunzipSync(await answer.arrayBuffer()).toString();
      expect(text.replace(formOf(text) ?? "?", "")).toBe(
        plain.text.replace(formOf(plain.text) ?? "?", ""),
      );
      ids.add(formOf(text));
    }
    expect(ids.size).toBe(4);
  });

  it("says on a device of the company that it does not count, and to the client nothing of it", async () => {
    await look();
    const own = await look({ Cookie: "smetka_own=1" });
    expect(own.text).toContain("не засчитывается");
    expect((await look()).text).not.toContain("не засчитывается");
  });

  it("shows a question, its answer, and that the answer was changed", async () => {
    const { text } = await look();
    await stage.post(`/s/${token}/questions`, {
      form: formOf(text) ?? "",
      text: "Когда начнёте?",
      name: "Анна",
    });
    expect((await look()).text).toContain("Когда начнёте?");
    const [question] = await stage.work.database.sql<{ id: string }[]>`
      select id from questions where company_id = ${people.owner.companyId} limit 1
    `;
    await stage.work.asActor(people.foreman, ({ questions }) =>
      questions.answer(question?.id ?? "", "В понедельник."),
    );
    expect((await look()).text).toContain("В понедельник.");
  });

  it("is gone with its link, its estimate and its revision", async () => {
    expect((await look()).status).toBe(200);
    const [revision] = (
      await stage.work.asActor(people.foreman, ({ agreement }) => agreement.revisions(id))
    ).items;
    await stage.work.asActor(people.foreman, ({ agreement }) =>
      agreement.withdraw({ revisionId: revision?.id ?? "" }),
    );
    const withdrawn = await look();
    expect(withdrawn.status).toBe(410);
    expect(withdrawn.text).toContain("отозвал");
    await stage.work.database.sql`
      update share_links set revoked_at = now() where company_id = ${people.owner.companyId}
    `;
    expect((await look()).status).toBe(404);
  });

  it("says so when the day is over until which its prices were promised", async () => {
    expect((await look()).text).not.toContain("Срок действия цен истёк");
    const before = stage.work.clock.now;
    stage.work.clock.now = new Date(before.getTime() + 80 * 24 * 3600 * 1000);
    await stage.work.database.sql`
      update share_links
      set expires_at = ${new Date(before.getTime() + 300 * 24 * 3600 * 1000)}
      where company_id = ${people.owner.companyId}
    `;
    expect((await look()).text).toContain("Срок действия цен истёк");
    stage.work.clock.now = before;
  });
});
