import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChangeWire } from "../../domain/estimate/changes.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { createTestApp, testTelegramId } from "./testing.ts";
import { createSessionStore } from "../auth/session_store.ts";
import { makeEstimate } from "./testing_estimates.ts";

let work: TestWork;

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(async () => {
  await work?.close();
});

/** The doors on real services, with one person and one estimate. */
async function openDesk() {
  const actor = await work.newActor();
  await work.database.sql`delete from telegram_users where telegram_id = ${testTelegramId}`;
  await work.database.sql`
    insert into telegram_users (telegram_id, user_id, first_name, active_company_id)
    values (${testTelegramId}, ${actor.userId}, 'Пётр', ${actor.companyId})
  `;
  const app = await createTestApp(
    {},
    { services: work.asActor, sessions: createSessionStore(work.database.sql) },
  );
  const id = await makeEstimate(work.asActor, actor);
  const path = `/api/v1/estimates/${id}`;
  const { head, content } = (await (await app.ask("GET", path)).json()) as {
    head: { version: number };
    content: { lines: { id: string; price: string }[] };
  };
  const setPrice = (price: string): ChangeWire => ({
    id: newId(),
    type: "line.set",
    lineId: content.lines[0]?.id ?? "",
    set: { price },
  });
  const send = async (baseVersion: number | null, changes: ChangeWire[]) => {
    const answer = await app.ask("POST", `${path}/changes`, { baseVersion, changes });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  return { ...app, actor, id, path, version: head.version, setPrice, send };
}

describe("changes over HTTP", () => {
  it("are accepted, and say whether the log holds them and nothing else", async () => {
    const { version, setPrice, send } = await openDesk();
    const first = setPrice("1.00");
    const second = setPrice("2.00");
    expect(await send(version, [first])).toEqual({
      status: 200,
      body: { outcome: "accepted", version: version + 1, dropped: [], isWhole: true },
    });
    // A resend is harmless and can't tell where its changes stand.
    expect((await send(version, [first])).body).toMatchObject({ outcome: "accepted" });
    // A part of the batch is known, as after a lost answer and another window.
    expect((await send(version + 1, [first, second])).body).toMatchObject({
      outcome: "accepted",
      version: version + 2,
      isWhole: false,
    });
    expect((await send(null, [setPrice("3.00")])).body).toMatchObject({ isWhole: false });
  });

  it("that come too late get the others' changes to rebase on", async () => {
    const { version, setPrice, send } = await openDesk();
    const first = setPrice("1.00");
    await send(version, [first]);
    expect(await send(version, [setPrice("2.00")])).toEqual({
      status: 409,
      body: { outcome: "conflict", version: version + 1, since: [first] },
    });
  });

  it("can be read since a version", async () => {
    const { ask, path, version, setPrice, send } = await openDesk();
    const change = setPrice("1.00");
    await send(version, [change]);
    const answer = await ask("GET", `${path}/changes?since=${version}`);
    expect(await answer.json()).toEqual({ version: version + 1, changes: [change] });
  });

  it("of a submitted estimate are refused", async () => {
    const { id, version, setPrice, send } = await openDesk();
    await work.database.sql`update estimates set status = 'submitted' where id = ${id}`;
    expect(await send(version, [setPrice("1.00")])).toMatchObject({
      status: 423,
      body: { error: { code: "frozen" } },
    });
  });

  it("of another company's estimate do not exist", async () => {
    const { id } = await openDesk();
    const { ask } = await openDesk();
    for (const [method, path] of [
      ["GET", ""],
      ["GET", "/card"],
      ["GET", "/changes?since=0"],
      ["DELETE", ""],
      ["POST", "/duplicate"],
      ["POST", "/documents/pdf"],
    ] as const) {
      expect((await ask(method, `/api/v1/estimates/${id}${path}`)).status).toBe(404);
    }
  });
});

describe("reading an estimate", () => {
  it("costs no body while nothing changed, and notices every change that shows", async () => {
    const { ask, path, id, actor, setPrice, send } = await openDesk();
    const read = async (tag?: string) => {
      const answer = await ask("GET", path, undefined, tag ? { "If-None-Match": tag } : {});
      return { status: answer.status, tag: answer.headers.get("ETag") ?? "" };
    };
    const { tag } = await read();
    expect(await read(tag)).toEqual({ status: 304, tag });
    await send(null, [setPrice("1.00")]);
    const changed = await read(tag);
    expect(changed.status).toBe(200);
    await work.asActor(actor, async ({ estimates, projects }) => {
      const { project } = await estimates.card(id);
      if (project) await projects.set(project.id, { title: "Мира 3" });
    });
    expect((await read(changed.tag)).status).toBe(200);
  });

  it("says the same again until something changes, and then what is there", async () => {
    const { ask, path, setPrice, send } = await openDesk();
    const read = async () => (await ask("GET", path)).json();
    const first = await read();
    expect(await read()).toEqual(first);
    await send(null, [setPrice("77.70")]);
    const second = await read();
    expect(JSON.stringify(second)).toContain("77.70");
    expect(await read()).toEqual(second);
  });

  it("that was read by others stays closed to who may not read it", async () => {
    const desk = await openDesk();
    expect((await desk.ask("GET", desk.path)).status).toBe(200);
    const stranger = await openDesk();
    expect((await stranger.ask("GET", desk.path)).status).toBe(404);
    const { companyId, userId } = stranger.actor;
    await work.asActor(stranger.actor, ({ estimates }) => estimates.card(stranger.id));
    expect((await stranger.ask("GET", stranger.path)).status).toBe(200);
    await work.database.sql`
      update memberships
      set role = 'foreman'
      where company_id = ${companyId} and user_id = ${userId}
    `;
    await work.database.sql`
      update estimates
      set foreman_id = ${desk.actor.userId}, created_by = ${desk.actor.userId}
      where company_id = ${companyId} and id = ${stranger.id}
    `;
    expect((await stranger.ask("GET", stranger.path)).status).toBe(404);
    await work.database.sql`
      update memberships
      set removed_at = now()
      where company_id = ${companyId} and user_id = ${userId}
    `;
    expect((await stranger.ask("GET", stranger.path)).status).toBe(401);
  });

  it("is compressed for those who understand it", async () => {
    const { ask, path } = await openDesk();
    const answer = await ask("GET", path, undefined, { "Accept-Encoding": "gzip" });
    expect(answer.headers.get("Content-Encoding")).toBe("gzip");
  });
});
