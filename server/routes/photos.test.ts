import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { createSessionStore } from "../auth/session_store.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { createTestApp, testTelegramId } from "./testing.ts";
import { makeEstimate } from "./testing_estimates.ts";

let work: TestWork;

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(async () => {
  await work?.close();
});

/** A JPEG as far as its header tells: 3 × 2 pixels, then `padding` bytes of nothing. */
function jpeg(padding = 0): Blob {
  const header = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 3, 1, 1];
  return new Blob([new Uint8Array([...header, 0x11, 0]), new Uint8Array(padding)]);
}

async function signIn(actor: Actor) {
  await work.database.sql`delete from telegram_users where telegram_id = ${testTelegramId}`;
  await work.database.sql`
    insert into telegram_users (telegram_id, user_id, first_name, active_company_id)
    values (${testTelegramId}, ${actor.userId}, 'Пётр', ${actor.companyId})
  `;
  const sessions = createSessionStore(work.database.sql);
  return await createTestApp({}, { services: work.asActor, sessions });
}

/** An estimate of a new company, and its photos by HTTP. */
async function openEstimate() {
  const actor = await work.newActor();
  const { app, ask, token } = await signIn(actor);
  const estimateId = await makeEstimate(work.asActor, actor);
  const { content } = await work.asActor(actor, ({ estimates }) => estimates.content(estimateId));
  const lineId = [...content.lines.keys()][0] ?? "";
  const path = `/api/v1/estimates/${estimateId}/photos`;
  const put = async (
    fields: { picture?: Blob; thumbnail?: Blob; lineId?: string },
    id = newId(),
  ) => {
    const body = new FormData();
    body.set("lineId", fields.lineId ?? lineId);
    body.set("picture", fields.picture ?? jpeg(1000), "picture.jpg");
    body.set("thumbnail", fields.thumbnail ?? jpeg(), "thumbnail.jpg");
    const headers = { Authorization: `Bearer ${token}` };
    return await app.request(`${path}/${id}`, { method: "PUT", headers, body });
  };
  return { app, ask, put, path, lineId };
}

describe("photos on lines", () => {
  it("are kept once, listed, shown and removed", async () => {
    const { ask, put, path, lineId } = await openEstimate();
    const id = newId();
    expect((await put({}, id)).status).toBe(201);
    expect((await put({}, id)).status).toBe(201);
    const { items } = (await (await ask("GET", path)).json()) as { items: unknown[] };
    expect(items).toMatchObject([{ id, lineId, width: 3, height: 2 }]);

    const picture = await ask("GET", `${path}/${id}/picture`);
    expect(picture.headers.get("Content-Type")).toBe("image/jpeg");
    expect(picture.headers.get("Cache-Control")).toContain("private");
    expect(await picture.arrayBuffer()).toEqual(await jpeg(1000).arrayBuffer());
    const thumbnail = await ask("GET", `${path}/${id}/thumbnail`);
    expect((await thumbnail.arrayBuffer()).byteLength).toBe(jpeg().size);

    expect((await ask("DELETE", `${path}/${id}`)).status).toBe(204);
    expect((await ask("GET", `${path}/${id}/picture`)).status).toBe(404);
  });

  it.each([
    ["what is no picture", { picture: new Blob(["<svg onload=alert(1)>"]) }, 400],
    ["a picture above the limit", { picture: jpeg(1024 * 1024) }, 422],
    ["a thumbnail above the limit", { thumbnail: jpeg(64 * 1024) }, 422],
    ["a line that is not there", { lineId: newId() }, 404],
  ])("are refused: %s", async (_, fields, status) => {
    const { put } = await openEstimate();
    expect((await put(fields)).status).toBe(status);
  });

  it("are shown to nobody without a session and to no other company", async () => {
    const { app, put, path } = await openEstimate();
    const id = newId();
    await put({}, id);
    expect((await app.request(`${path}/${id}/picture`)).status).toBe(401);
    const stranger = await signIn(await work.newActor());
    expect((await stranger.ask("GET", `${path}/${id}/picture`)).status).toBe(404);
    expect((await stranger.ask("GET", path)).status).toBe(404);
  });

  it("are at most twenty on a line", async () => {
    const { put } = await openEstimate();
    for (let count = 0; count < 20; count += 1) expect((await put({})).status).toBe(201);
    expect((await put({})).status).toBe(422);
  });
});
