import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  listTold,
  newPeople,
  shareWithClient,
  type TestPeople,
} from "../services/testing_agreement.ts";
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

async function viewsOf() {
  const {
    items: [link],
  } = await stage.work.asActor(people.foreman, ({ sharing }) => sharing.links(id));
  return link?.viewCount;
}

async function told() {
  const all = await listTold(stage.work, people.owner.companyId);
  return all.filter(({ kind }) => kind === "viewed");
}

describe("an opening", () => {
  it("by the client counts when the page's script says so, and is told once", async () => {
    await stage.get(`/s/${token}`);
    expect(await viewsOf()).toBe(0);
    await stage.post(`/s/${token}/viewed`);
    await stage.post(`/s/${token}/viewed`);
    expect(await viewsOf()).toBe(2);
    expect(await told()).toMatchObject([
      { name: "Фёдор Прораб", content: { estimateId: id, revision: 1 } },
    ]);
    const {
      items: [link],
    } = await stage.work.asActor(people.foreman, ({ sharing }) => sharing.links(id));
    expect(link?.firstViewedAt).toEqual(stage.work.clock.now);
  });

  it("without the script counts with the first form that is sent", async () => {
    await stage.post(`/s/${token}/choice`, {});
    await stage.post(`/s/${token}/choice`, {});
    expect(await viewsOf()).toBe(1);
    expect(await told()).toHaveLength(1);
  });

  it.each([
    "TelegramBot (like TwitterBot)",
    "WhatsApp/2.23.20.0 A",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "SkypeUriPreview Preview/0.5",
    "curl/8.5.0",
    "python-requests/2.31",
    "",
  ])("by «%s» never counts", async (userAgent) => {
    const headers = { "User-Agent": userAgent };
    expect((await stage.get(`/s/${token}`, headers)).status).toBe(200);
    await stage.post(`/s/${token}/viewed`, {}, headers);
    await stage.post(`/s/${token}/choice`, {}, headers);
    expect(await viewsOf()).toBe(0);
  });

  it("by HEAD, by a browser that fetches ahead, and from another site never counts", async () => {
    await stage.app.request(`/s/${token}`, { method: "HEAD" });
    await stage.post(`/s/${token}/viewed`, {}, { "Sec-Purpose": "prefetch;prerender" });
    const foreign = await stage.post(`/s/${token}/viewed`, {}, { "Sec-Fetch-Site": "cross-site" });
    expect(foreign.status).toBe(403);
    expect(await viewsOf()).toBe(0);
  });

  it("by somebody of the company never counts: the preview marks the browser", async () => {
    const preview = await stage.get(`/s/${token}?preview=1`);
    expect(preview.status).toBe(303);
    expect(preview.headers.get("Location")).toBe(`/s/${token}`);
    const cookie = preview.headers.get("Set-Cookie") ?? "";
    expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Lax/i);
    const headers = { Cookie: cookie.split(";")[0] ?? "" };
    expect(await (await stage.get(`/s/${token}`, headers)).text()).toContain("не засчитывается");
    await stage.post(`/s/${token}/viewed`, {}, headers);
    await stage.post(`/s/${token}/choice`, {}, headers);
    expect(await viewsOf()).toBe(0);
  });

  it("of a revoked link counts nowhere", async () => {
    const {
      items: [link],
    } = await stage.work.asActor(people.foreman, ({ sharing }) => sharing.links(id));
    await stage.work.asActor(people.foreman, ({ sharing }) => sharing.revoke(link?.id ?? ""));
    await stage.post(`/s/${token}/viewed`);
    expect(await viewsOf()).toBe(0);
  });
});

describe("links", () => {
  it("are a submitted estimate's only, for days that are days", async () => {
    const share = (estimateId: string, days?: number) =>
      stage.work.asActor(people.foreman, ({ sharing }) =>
        sharing.share(estimateId, days === undefined ? {} : { days }),
      );
    const draft = await stage.work.asActor(people.foreman, ({ estimates }) =>
      estimates.create({ projectId: null }),
    );
    await expect(share(draft.id)).rejects.toMatchObject({ code: "conflict" });
    for (const days of [0, 366, 1.5]) {
      await expect(share(id, days)).rejects.toMatchObject({ code: "invalid" });
    }
    const link = await share(id, 3);
    expect(link.expiresAt.getTime() - stage.work.clock.now.getTime()).toBe(3 * 24 * 3600 * 1000);
    expect(link.path).toMatch(/^\/s\/[A-Za-z0-9_-]{54}$/);
  });

  it("are revoked by those whose estimate it is, and by nobody else", async () => {
    const {
      items: [link],
    } = await stage.work.asActor(people.foreman, ({ sharing }) => sharing.links(id));
    const revoke = (actor: TestPeople["owner"]) =>
      stage.work.asActor(actor, ({ sharing }) => sharing.revoke(link?.id ?? ""));
    for (const actor of [people.stranger, people.otherForeman]) {
      await expect(revoke(actor)).rejects.toMatchObject({ code: "not_found" });
    }
    expect((await stage.get(`/s/${token}`)).status).toBe(200);
    await revoke(people.manager);
    await revoke(people.manager);
    expect((await stage.get(`/s/${token}`)).status).toBe(404);
  });
});
