import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { insertSession } from "../../db/sessions.ts";
import { makeToken } from "../auth/tokens.ts";
import { newId } from "../new_id.ts";
import { approve, newContract } from "../services/testing_contracts.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;
const tokens = new Map<Actor, string>();

beforeAll(async () => {
  stage = await createShareStage();
  for (const actor of Object.values(stage.people) as Actor[]) {
    const token = makeToken();
    await insertSession(stage.work.database.sql, token, {
      ...actor,
      kind: "miniapp",
      expiresAt: new Date("2100-01-01"),
    });
    tokens.set(actor, token);
  }
});

afterAll(() => stage.close());

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(actor: Actor, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await stage.app.request(`/api/v1/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${tokens.get(actor)}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Answer["body"] };
}

interface WireAct {
  readonly act: { readonly id: Id; readonly version: number; readonly total: string };
}

interface WireRemainder {
  readonly parts: readonly {
    readonly estimateId: Id;
    readonly sections: readonly {
      readonly lines: readonly { readonly id: Id; readonly name: string; readonly left: string }[];
    }[];
  }[];
}

async function remainderOf(id: Id) {
  const { body } = await ask(stage.people.foreman, "GET", `estimates/${id}/remainder`);
  const { parts } = body as unknown as WireRemainder;
  return parts.flatMap(({ estimateId, sections }) =>
    sections.flatMap(({ lines }) =>
      lines.map(({ id: lineId, left }) => ({ estimateId, lineId, quantity: left })),
    ),
  );
}

const actIn = ({ body }: Answer) => (body as unknown as WireAct).act;

describe("the API of acts", () => {
  it("drafts, fills, signs and lists acts", async () => {
    const { foreman } = stage.people;
    const id = await newContract(stage.work, stage.people);
    const all = await remainderOf(id);
    const [first] = all;
    const made = await ask(foreman, "POST", `estimates/${id}/acts`, {
      date: "2026-11-20",
      take: [first],
    });
    expect(made).toMatchObject({
      status: 200,
      body: {
        act: {
          number: 1,
          status: "draft",
          date: "2026-11-20",
          parts: [{ estimateId: id, lines: [{ id: first?.lineId, quantity: first?.quantity }] }],
        },
      },
    });
    const { id: actId, version } = actIn(made);
    const filled = await ask(foreman, "PATCH", `acts/${actId}`, { version, lines: all });
    expect(filled).toMatchObject({ status: 200, body: { act: { total: "196736.26" } } });
    const stale = await ask(foreman, "POST", `acts/${actId}/sign`, { version });
    expect(stale).toMatchObject({
      status: 409,
      body: { error: { code: "conflict" }, act: { id: actId, version: actIn(filled).version } },
    });
    const signed = await ask(foreman, "POST", `acts/${actId}/sign`, {
      version: actIn(filled).version,
    });
    expect(signed).toMatchObject({
      status: 200,
      body: { act: { status: "signed", signedByName: "Фёдор Прораб" } },
    });
    const listed = await ask(foreman, "GET", `estimates/${id}/acts`);
    expect(listed.body["items"]).toMatchObject([{ id: actId, total: "196736.26" }]);
    const more = await ask(foreman, "POST", `estimates/${id}/acts`, { take: [first] });
    expect(more).toMatchObject({
      status: 409,
      body: { act: null, over: [{ lineId: first?.lineId, most: "0" }] },
    });
    const ordered = await ask(foreman, "POST", `acts/${actId}/documents/ks3/xlsx`);
    expect(ordered.status).toBe(202);
    expect((await ask(foreman, "DELETE", `acts/${actId}`)).status).toBe(423);
    const cancelled = await ask(foreman, "POST", `acts/${actId}/cancel`);
    expect(cancelled).toMatchObject({ status: 200, body: { act: { status: "cancelled" } } });
  });

  it("refuses what it can't read", async () => {
    const { foreman } = stage.people;
    const id = await newContract(stage.work, stage.people);
    for (const [path, body, status] of [
      [`estimates/${id}/acts`, { take: "nothing" }, 400],
      [`estimates/${id}/acts`, { date: "2026-02-30" }, 400],
      [`estimates/${id}/acts`, { more: 1 }, 400],
      [`acts/${newId()}/documents/ks4/pdf`, {}, 404],
      [`acts/${newId()}/sign`, {}, 404],
    ] as const) {
      expect([path, (await ask(foreman, "POST", path, body)).status]).toEqual([path, status]);
    }
  });
});

describe("the API of extra work and payments", () => {
  it("adds extra work under the parent's number and sums what is agreed", async () => {
    const { foreman, manager } = stage.people;
    const id = await newContract(stage.work, stage.people);
    const made = await ask(foreman, "POST", `estimates/${id}/extras`, { reason: "Розетки" });
    expect(made).toMatchObject({ status: 201, body: { parentId: id, status: "draft" } });
    const extraId = String(made.body["id"]);
    expect(String(made.body["number"])).toMatch(/^СМ-2026-\d{4}\/Д1$/);
    expect(
      (await ask(foreman, "PUT", `estimates/${extraId}/extra`, { reason: "Ещё" })).status,
    ).toBe(204);
    expect((await ask(foreman, "GET", `estimates/${extraId}/extra`)).body).toMatchObject({
      parent: { id },
      reason: "Ещё",
      photos: [],
    });
    const lineId = newId();
    const line = {
      id: lineId,
      sectionId: null,
      position: "a0",
      kind: "work",
      name: "Штробление",
      unit: "м",
      quantity: "12",
      quantityFormula: "",
      price: "450.00",
      cost: null,
      isOptional: false,
      isChosen: false,
      priceSource: "typed",
      note: "",
      internalNote: "",
    };
    await ask(foreman, "POST", `estimates/${extraId}/changes`, {
      baseVersion: null,
      changes: [{ id: newId(), type: "line.add", line }],
    });
    const contract = () => ask(manager, "GET", `estimates/${extraId}/contract`);
    expect((await contract()).body["contract"]).toMatchObject({
      estimateId: id,
      extrasTotal: "0.00",
      extras: [{ id: extraId, status: "draft", isApproved: false }],
    });
    await approve(stage.work, stage.people, extraId);
    // 12 m at 450 roubles and the hidden 10 % of the parent.
    expect((await contract()).body["contract"]).toMatchObject({
      total: "196736.26",
      extrasTotal: "5940.00",
      extras: [{ isApproved: true }],
      balance: { agreed: "202676.26", accepted: "0.00", received: "0.00" },
    });
  });

  it("takes money, more than agreed as well, plans stages and takes both back", async () => {
    const { foreman } = stage.people;
    const id = await newContract(stage.work, stage.people);
    const advance = { kind: "advance", amount: "50000.00" };
    const paid = await ask(foreman, "POST", `estimates/${id}/payments`, advance);
    expect(paid).toMatchObject({
      status: 201,
      body: { amount: "50000.00", receivedOn: "2026-11-22", isRemoved: false },
    });
    const stages = {
      title: "Аванс",
      size: { kind: "percent", percent: "30" },
      dueOn: "2026-11-01",
    };
    const planned = await ask(foreman, "POST", `estimates/${id}/stages`, stages);
    expect(planned.status).toBe(201);
    await ask(foreman, "POST", `estimates/${id}/payments`, { amount: "200000.00" });
    const found = await ask(foreman, "GET", `estimates/${id}/payments`);
    expect(found.body).toMatchObject({
      payments: [{ amount: "200000.00" }, { amount: "50000.00", kind: "advance" }],
      stages: [{ title: "Аванс", amount: "59020.88", open: "0.00" }],
      balance: { agreed: "196736.26", received: "250000.00", left: "-53263.74" },
    });
    const paymentId = String(paid.body["id"]);
    expect((await ask(foreman, "DELETE", `payments/${paymentId}`)).body).toMatchObject({
      isRemoved: true,
    });
    expect((await ask(foreman, "POST", `payments/${paymentId}/restore`)).body).toMatchObject({
      isRemoved: false,
    });
    const stageId = String(planned.body["id"]);
    expect((await ask(foreman, "DELETE", `stages/${stageId}`)).status).toBe(204);
    for (const amount of ["0.00", "-1.00", "1.001"]) {
      const refused = await ask(foreman, "POST", `estimates/${id}/payments`, { amount });
      expect([amount, refused.status]).toEqual([amount, 400]);
    }
  });
});

describe("what is another's", () => {
  it("is not found, as what does not exist", async () => {
    const { foreman, stranger, otherForeman } = stage.people;
    const id = await newContract(stage.work, stage.people);
    const { id: actId } = actIn(await ask(foreman, "POST", `estimates/${id}/acts`, {}));
    const payment = await ask(foreman, "POST", `estimates/${id}/payments`, { amount: "1.00" });
    const extra = await ask(foreman, "POST", `estimates/${id}/extras`, {});
    const stageRow = await ask(foreman, "POST", `estimates/${id}/stages`, {
      title: "x",
      size: { kind: "amount", amount: "1.00" },
      dueOn: null,
    });
    const paths = [
      ["GET", `estimates/${id}/acts`],
      ["GET", `estimates/${id}/remainder`],
      ["POST", `estimates/${id}/acts`, {}],
      ["GET", `acts/${actId}`],
      ["PATCH", `acts/${actId}`, { version: null }],
      ["POST", `acts/${actId}/sign`, {}],
      ["POST", `acts/${actId}/cancel`],
      ["DELETE", `acts/${actId}`],
      ["POST", `acts/${actId}/documents/ks2/pdf`],
      ["GET", `estimates/${id}/contract`],
      ["POST", `estimates/${id}/extras`, {}],
      ["GET", `estimates/${String(extra.body["id"])}/extra`],
      ["PUT", `estimates/${String(extra.body["id"])}/extra`, { reason: "x" }],
      ["GET", `estimates/${String(extra.body["id"])}/extra/photos/${newId()}`],
      ["DELETE", `estimates/${String(extra.body["id"])}/extra/photos/${newId()}`],
      ["GET", `estimates/${id}/payments`],
      ["POST", `estimates/${id}/payments`, { amount: "1.00" }],
      [
        "POST",
        `estimates/${id}/stages`,
        { title: "x", size: { kind: "amount", amount: "1.00" }, dueOn: null },
      ],
      ["DELETE", `payments/${String(payment.body["id"])}`],
      ["POST", `payments/${String(payment.body["id"])}/restore`],
      ["DELETE", `stages/${String(stageRow.body["id"])}`],
    ] as const;
    for (const actor of [stranger, otherForeman]) {
      for (const [method, path, body] of paths) {
        expect([path, (await ask(actor, method, path, body)).status]).toEqual([path, 404]);
      }
    }
  });
});
