import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { ExtraService } from "../../domain/extras.ts";
import type { Id } from "../../domain/ids.ts";
import { newId } from "../new_id.ts";
import { SECRET, submit } from "../services/testing_agreement.ts";
import { newContract, newExtra } from "../services/testing_contracts.ts";
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

  it("gives no photo of another link", async () => {
    const first = await shareExtra();
    const second = await shareExtra();
    expect((await stage.get(`${first.path}/photos/${second.photo.id}`)).status).toBe(404);
  });
});

describe("extra work", () => {
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
