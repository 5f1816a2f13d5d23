import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Id } from "../../domain/ids.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { insertQuestion } from "../../db/questions.ts";
import { insertSession } from "../../db/sessions.ts";
import { makeToken } from "../auth/tokens.ts";
import { newId } from "../new_id.ts";
import { OPERATIONS } from "../openapi/operations.ts";
import { newEstimate, submit } from "../services/testing_agreement.ts";
import { done, newContract, shareOf } from "../services/testing_contracts.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;
let token: string;
const MANY = 5;

beforeAll(async () => {
  stage = await createShareStage();
  token = makeToken();
  await insertSession(stage.work.database.sql, token, {
    ...stage.people.owner,
    kind: "miniapp",
    expiresAt: new Date("2100-01-01"),
  });
});

afterAll(() => stage.close());

/** Lists that are given whole: what bounds them stands beside. */
const WHOLE: Readonly<Record<string, string>> = {
  "GET /logins": "of one person, those that are open",
  "GET /company/team": "1 000 people",
  "GET /estimates/{id}/photos": "500 of an estimate",
  "GET /estimates/{id}/problems": "counted from the estimate, not kept",
};

it("every list goes on by a cursor, unless something else bounds it", () => {
  const lists = Object.entries(OPERATIONS).flatMap(([name, { answers }]) => {
    const answer = answers[200];
    if (!(answer instanceof z.ZodObject) || !("items" in answer.shape)) return [];
    return [{ name, isPaged: "next" in answer.shape }];
  });
  expect(lists.length).toBeGreaterThan(10);
  const whole = lists.filter(({ isPaged }) => !isPaged).map(({ name }) => name);
  expect(whole.toSorted()).toEqual(Object.keys(WHOLE).toSorted());
});

async function ask(path: string) {
  const answer = await stage.app.request(`/api/v1/${path}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** The ids of all pages, page by page. */
async function idsOf(path: string, limit: number): Promise<Id[][]> {
  const pages: Id[][] = [];
  let cursor = "";
  do {
    const { status, body } = await ask(`${path}?limit=${limit}${cursor}`);
    expect(status).toBe(200);
    const { items, next } = body as unknown as { items: { id: Id }[]; next: string | null };
    pages.push(items.map(({ id }) => id));
    cursor = next === null ? "" : `&cursor=${next}`;
  } while (cursor !== "");
  return pages;
}

/** An estimate with many of everything, two questions of one moment among them. */
async function makeMany(): Promise<Id> {
  const { work, people } = stage;
  const { id } = await newEstimate(work, people.foreman);
  for (let number = 1; number <= MANY; number += 1) {
    const revision = await submit(work, people.foreman, id, "client");
    await work.asActor(people.foreman, ({ sharing }) => sharing.share(id));
    await tenantTransaction(work.database.sql, people.owner.companyId, (tx) =>
      insertQuestion(tx, people.owner.companyId, {
        id: newId(),
        revisionId: revision.id,
        line: null,
        text: `Вопрос ${number}`,
        authorName: "",
        askedAt: work.clock.now,
      }),
    );
    if (number === MANY) break;
    await work.asActor(people.foreman, ({ agreement }) =>
      agreement.revise({ revisionId: revision.id }),
    );
  }
  return id;
}

async function makeActs(): Promise<Id> {
  const { work, people } = stage;
  const id = await newContract(work, people);
  await work.asActor(people.foreman, async ({ acts }) => {
    for (let number = 1; number <= MANY; number += 1) {
      done(await acts.create(id, { take: shareOf(await acts.remainder(id), 100n) }));
    }
  });
  return id;
}

describe("pages of what hangs on an estimate", () => {
  it("bring everything once and in order, however large they are", async () => {
    const [id, contractId] = [await makeMany(), await makeActs()];
    for (const path of [
      ...["links", "revisions", "questions"].map((name) => `estimates/${id}/${name}`),
      `estimates/${contractId}/acts`,
    ]) {
      const [whole = []] = await idsOf(path, 100);
      expect(whole).toHaveLength(MANY);
      const small = await idsOf(path, 2);
      expect(small.map(({ length }) => length)).toEqual([2, 2, 1]);
      expect(small.flat()).toEqual(whole);
      expect(await ask(`${path}?limit=0`)).toMatchObject({ status: 400 });
      expect(await ask(`${path}?cursor=${id}`)).toMatchObject({ status: 400 });
      expect(await ask(`${path}?q=x`)).toMatchObject({ status: 400 });
    }
  });
});
