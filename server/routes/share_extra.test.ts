import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { EXTRA_PHOTO_LIMITS, type ExtraService } from "../../domain/extras.ts";
import type { Id } from "../../domain/ids.ts";
import { QUANTITY_ONE } from "../../domain/quantity.ts";
import { newId } from "../new_id.ts";
import { listTold, SECRET, submit } from "../services/testing_agreement.ts";
import { newContract, newExtra } from "../services/testing_contracts.ts";
import { listLong } from "./testing_estimates.ts";
import { createShareStage, hidden, PERSON, type ShareStage } from "./testing_share.ts";

/** The smallest PNG, and one that is not the same. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const OTHER = Buffer.concat([PICTURE, Buffer.from([0])]);

let stage: ShareStage;

beforeAll(async () => {
  stage = await createShareStage();
});

afterAll(() => stage.close());

function as<Result>(actor: Actor, act: (extras: ExtraService) => Promise<Result>): Promise<Result> {
  return stage.work.asActor(actor, ({ extras }) => act(extras));
}

/** Extra work with a photo, sent to the client: its page. */
async function shareExtra() {
  const { work, people } = stage;
  const parentId = await newContract(work, people);
  const id = await newExtra(work, people.foreman, parentId);
  const photo = await as(people.foreman, (extras) => extras.addPhoto(id, PICTURE));
  const revision = await submit(work, people.foreman, id, "client");
  const { path } = await work.asActor(people.foreman, ({ sharing }) => sharing.share(id));
  return { parentId, id, photo, revision, path };
}

describe("the client's page of extra work", () => {
  it("shows to what it is, why, its photo, and what it all comes to", async () => {
    const { path, photo, revision } = await shareExtra();
    const page = await (await stage.get(path)).text();
    const text = page.replaceAll("\u00a0", " ");
    expect(text).toMatch(/Дополнение к смете СМ-2026-\d{4}</);
    expect(text).toContain("Причина: Заказчик добавил розетки");
    expect(text.replace(/\s+/g, " ")).toContain("По договору 196 736,26 ₽ + доп. 5 940,00 ₽");
    expect(text).toContain("202 676,26 ₽");
    expect(text).toContain(`${path}/photos/${photo.id}`);
    expect(text).not.toContain(SECRET);
    const picture = await stage.get(`${path}/photos/${photo.id}`);
    expect(picture.headers.get("Content-Type")).toBe("image/png");
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(PICTURE);
    expect((await stage.get(`${path}/photos/${newId()}`)).status).toBe(404);
    expect(revision.number).toMatch(/\/Д1$/);
  });

  it("is agreed to on its own, and the contract grows by it", async () => {
    const { path, parentId } = await shareExtra();
    const page = await (await stage.get(path)).text();
    const agreed = await stage.post(`${path}/agree`, {
      ...PERSON,
      total: hidden(page, "total"),
      sha256: hidden(page, "sha256"),
    });
    expect(agreed.status).toBe(303);
    const contract = await as(stage.people.foreman, (extras) => extras.contract(parentId));
    expect(contract).toMatchObject({ extrasTotal: 594_000n, balance: { agreed: 20_267_626n } });
  });

  it("stays small with a long reason, a hundred lines and as many photos as may be", async () => {
    const { work, people } = stage;
    const parentId = await newContract(work, people);
    const id = await newExtra(work, people.foreman, parentId);
    await work.asActor(people.foreman, async ({ extras, estimates }) => {
      await estimates.addList(id, listLong(100), { source: "bot" });
      await extras.setReason(id, "Заказчик добавил розетки. ".repeat(38).trim());
      for (let number = 0; number < EXTRA_PHOTO_LIMITS.count; number += 1) {
        await extras.addPhoto(id, Buffer.concat([PICTURE, Buffer.from([number])]));
      }
    });
    await submit(work, people.foreman, id, "client");
    const { path } = await work.asActor(people.foreman, ({ sharing }) => sharing.share(id));
    const sent = await stage.get(path, { "Accept-Encoding": "gzip" });
    expect(sent.headers.get("Content-Encoding")).toBe("gzip");
    expect((await sent.arrayBuffer()).byteLength).toBeLessThan(50_000);
  });

  it("counts as viewed by the client's own opening, never by the author's or a preview's", async () => {
    const { id, path } = await shareExtra();
    const views = async () => {
      const { items } = await stage.work.asActor(stage.people.foreman, ({ sharing }) =>
        sharing.links(id),
      );
      return items[0]?.viewCount;
    };
    await stage.get(path);
    await stage.post(`${path}/viewed`, {}, { "User-Agent": "TelegramBot (like TwitterBot)" });
    const preview = await stage.get(`${path}?preview=1`);
    const Cookie = (preview.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
    await stage.post(`${path}/viewed`, {}, { Cookie });
    expect(await views()).toBe(0);
    await stage.post(`${path}/viewed`);
    expect(await views()).toBe(1);
    const told = await listTold(stage.work, stage.people.owner.companyId);
    expect(told.filter(({ content }) => content["estimateId"] === id)).toContainEqual(
      expect.objectContaining({ kind: "viewed", name: "Фёдор Прораб" }),
    );
  });

  it("goes on showing what was offered, photos too, once it is replaced", async () => {
    const { path, photo, revision, id } = await shareExtra();
    const { foreman } = stage.people;
    await stage.work.asActor(foreman, ({ agreement }) =>
      agreement.revise({ revisionId: revision.id }),
    );
    const page = await stage.get(path);
    expect(page.status).toBe(410);
    expect(await page.text()).toContain(`${path}/photos/${photo.id}`);
    expect((await stage.get(`${path}/photos/${photo.id}`)).status).toBe(200);
    // Taken away by the foreman it is gone, and the page shows no hole.
    await as(foreman, (extras) => extras.removePhoto(id, photo.id));
    expect((await stage.get(`${path}/photos/${photo.id}`)).status).toBe(404);
    expect(await (await stage.get(path)).text()).not.toContain(photo.id);
  });

  it("gives no photo of another link", async () => {
    const first = await shareExtra();
    const second = await shareExtra();
    expect((await stage.get(`${first.path}/photos/${second.photo.id}`)).status).toBe(404);
  });
});

describe("extra work", () => {
  it("is compared with its revision before as every estimate is", async () => {
    const { id, revision } = await shareExtra();
    const { foreman } = stage.people;
    await stage.work.asActor(foreman, async ({ agreement, estimates }) => {
      await agreement.revise({ revisionId: revision.id });
      const { content } = await estimates.content(id);
      const [lineId = ""] = content.lines.keys();
      const set = { quantity: 20n * QUANTITY_ONE };
      await estimates.change(id, {
        baseVersion: null,
        source: "bot",
        changes: [{ id: newId(), type: "line.set", lineId, set: set as never }],
      });
    });
    await submit(stage.work, foreman, id, "client");
    const comparison = await stage.work.asActor(foreman, ({ agreement }) =>
      agreement.compare(id, { from: 1, to: 2 }),
    );
    expect(comparison).toMatchObject({ totalBefore: 594_000n, totalAfter: 990_000n });
    expect(comparison.changed).toMatchObject([{ fields: ["quantity"] }]);
    expect([comparison.added, comparison.removed]).toEqual([[], []]);
  });

  it("is numbered one after another, also when two are made at once", async () => {
    const { work, people } = stage;
    const parentId = await newContract(work, people);
    await Promise.all(
      [people.foreman, people.manager, people.owner].map((actor) =>
        as(actor, (extras) => extras.create(parentId, { reason: "" })),
      ),
    );
    const contract = await as(people.owner, (extras) => extras.contract(parentId));
    expect(contract?.extras.map(({ number }) => number.slice(-3))).toEqual(["/Д1", "/Д2", "/Д3"]);
  });

  it("keeps its photos and reason once it is sent", async () => {
    const { id, photo } = await shareExtra();
    const { foreman } = stage.people;
    for (const attempt of [
      (extras: ExtraService) => extras.setReason(id, "Другая"),
      (extras: ExtraService) => extras.removePhoto(id, photo.id),
      (extras: ExtraService) => extras.addPhoto(id, OTHER),
    ]) {
      await expect(as<unknown>(foreman, attempt)).rejects.toMatchObject({ code: "frozen" });
    }
  });

  it("takes pictures only, the same one once", async () => {
    const { work, people } = stage;
    const parentId = await newContract(work, people);
    const id = await newExtra(work, people.foreman, parentId);
    const add = (bytes: Uint8Array) => as(people.foreman, (extras) => extras.addPhoto(id, bytes));
    expect(await add(PICTURE)).toEqual(await add(PICTURE));
    await expect(add(Buffer.from("<svg/>"))).rejects.toMatchObject({ code: "invalid" });
    await expect(add(Buffer.concat([PICTURE, Buffer.alloc(2_000_000)]))).rejects.toMatchObject({
      code: "limit",
    });
    const other = (target: Id) => as(people.foreman, (extras) => extras.addPhoto(target, OTHER));
    await expect(other(parentId)).rejects.toMatchObject({ code: "conflict" });
  });

  it("is added to approved estimates only, and not to extra work", async () => {
    const { work, people } = stage;
    const parentId = await newContract(work, people);
    const id = await newExtra(work, people.foreman, parentId);
    const nested = as(people.foreman, (extras) => extras.create(id, { reason: "" }));
    await expect(nested).rejects.toMatchObject({ code: "conflict" });
    for (const actor of [people.stranger, people.otherForeman]) {
      for (const attempt of [
        (extras: ExtraService) => extras.contract(parentId),
        (extras: ExtraService) => extras.create(parentId, { reason: "" }),
        (extras: ExtraService) => extras.details(id),
        (extras: ExtraService) => extras.setReason(id, ""),
        (extras: ExtraService) => extras.addPhoto(id, PICTURE),
        (extras: ExtraService) => extras.photo(id, newId()),
        (extras: ExtraService) => extras.removePhoto(id, newId()),
      ]) {
        await expect(as<unknown>(actor, attempt)).rejects.toMatchObject({ code: "not_found" });
      }
      expect(await as(actor, (extras) => extras.openContracts(10))).toEqual([]);
    }
  });
});
