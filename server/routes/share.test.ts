import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeLinkToken } from "../auth/tokens.ts";
import { newId } from "../new_id.ts";
import { newEstimate, newPeople, shareWithClient, submit } from "../services/testing_agreement.ts";
import { createShareStage, PERSON, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;

beforeAll(async () => {
  stage = await createShareStage();
});

afterAll(() => stage.close());

async function pageOf(token: string): Promise<string> {
  return (await stage.get(`/s/${token}`)).text();
}

describe("the client's page", () => {
  it("shows the total on top and at the end, the sections and the options", async () => {
    const { token, revision } = await shareWithClient(stage.work, stage.people.foreman);
    const response = await stage.get(`/s/${token}`);
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html.match(/196\u00a0736,26\u00a0₽/g)?.length).toBeGreaterThanOrEqual(3);
    expect(html).toContain("Демонтаж перегородок из пеноблока");
    expect(html).toContain("Подсветка");
    expect(html).toContain(revision.number);
    expect(html).toContain("Согласовать");
  });

  it("is kept as the hash of its link", async () => {
    const { token } = await shareWithClient(stage.work, stage.people.foreman);
    const rows = await stage.work.database.sql`
      select to_jsonb(share_links)::text as row from share_links
      union all
      select to_jsonb(telegram_notifications)::text from telegram_notifications
      union all
      select to_jsonb(job)::text from pgboss.job
    `;
    expect(rows.length).toBeGreaterThan(0);
    // The company's name in the link is no secret.
    const secret = token.slice(22);
    expect(secret.length).toBeGreaterThan(30);
    expect(rows.map((row) => String(row["row"])).join()).not.toContain(secret);
  });

  it("runs and loads nothing of anybody else, and tells nobody its address", async () => {
    const { token } = await shareWithClient(stage.work, stage.people.foreman);
    const response = await stage.get(`/s/${token}`);
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'sha256-[^']+'(;|$)/);
    expect(policy).toMatch(/style-src 'sha256-[^']+'(;|$)/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(response.headers.get("X-Robots-Tag")).toBe("noindex, nofollow");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const html = await response.text();
    expect(html).not.toMatch(/telegram\.org|<script[^>]+src=|<link|style="|onclick=|https?:\/\//);
    expect(Buffer.byteLength(html)).toBeLessThan(50_000);
  });

  it("writes every name as text, whatever is in it", async () => {
    const { work } = stage;
    const people = await newPeople(work);
    const evil = `"><img src=x onerror=alert(1)>'&`;
    const { id } = await newEstimate(work, people.foreman);
    const { content } = await work.asActor(people.foreman, ({ estimates }) =>
      estimates.content(id),
    );
    const card = await work.asActor(people.foreman, ({ estimates }) => estimates.card(id));
    await work.asActor(people.owner, async ({ company, clients, projects, estimates }) => {
      await company.set({
        name: evil,
        fullName: evil,
        address: evil,
        phone: evil,
        signatory: evil,
      });
      await clients.set(card.client?.id ?? "", { name: evil, address: evil });
      await projects.set(card.project?.id ?? "", { title: evil, address: evil });
      await estimates.change(id, {
        baseVersion: null,
        source: "bot",
        changes: [
          {
            id: newId(),
            type: "estimate.set",
            set: { title: evil, paymentTerms: evil, warranty: evil, note: evil },
          },
          ...[...content.sections.keys()].map((sectionId) => ({
            id: newId(),
            type: "section.set" as const,
            sectionId,
            set: { title: evil },
          })),
          ...[...content.lines.keys()].map((lineId) => ({
            id: newId(),
            type: "line.set" as const,
            lineId,
            set: { name: evil, unit: `"><b>'`, note: evil },
          })),
        ],
      });
    });
    await submit(work, people.foreman, id, "client");
    const link = await work.asActor(people.foreman, ({ sharing }) => sharing.share(id));
    const token = link.path.slice(3);
    await stage.post(`/s/${token}/questions`, {
      form: newId(),
      about: [...content.lines.keys()][0] ?? "",
      text: evil,
      author: evil,
    });
    const failed = await stage.post(`/s/${token}/agree`, { name: evil, phone: evil });
    for (const html of [await pageOf(token), await failed.text()]) {
      expect(html).not.toContain("<img");
      expect(html).not.toContain("<b>'");
      expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
      expect(html).toContain("&quot;&gt;");
    }
    const {
      items: [revision],
    } = await work.asActor(people.foreman, ({ agreement }) => agreement.revisions(id));
    const paper = await (await stage.get(`/v/${revision?.sha256 ?? ""}`)).text();
    expect(paper).not.toContain("<img");
    expect(paper).toContain("&lt;img");
  });

  it("looks the same for links that never were, were revoked and are over", async () => {
    const { work, people } = stage;
    const revoked = await shareWithClient(work, people.foreman);
    await work.asActor(people.foreman, ({ sharing }) => sharing.revoke(revoked.link.id));
    const old = await shareWithClient(work, people.foreman);
    await work.database.sql`
      update share_links set expires_at = ${work.clock.now} where id = ${old.link.id}
    `;
    const tokens = [
      revoked.token,
      old.token,
      makeLinkToken(people.foreman.companyId),
      makeLinkToken(newId()),
      // The right secret under another company's name.
      makeLinkToken(people.stranger.companyId).slice(0, 22) + old.token.slice(22),
      "nonsense",
      "%00",
    ];
    const pages = new Set<string>();
    for (const token of tokens) {
      const response = await stage.get(`/s/${token}`);
      expect(response.status).toBe(404);
      pages.add(await response.text());
      for (const path of ["agree", "questions", "choice"]) {
        expect((await stage.post(`/s/${token}/${path}`, { ...PERSON, text: "?" })).status).toBe(
          404,
        );
      }
      expect((await stage.get(`/s/${token}/document.pdf`)).status).toBe(404);
      expect((await stage.post(`/s/${token}/viewed`)).status).toBe(204);
    }
    expect(pages.size).toBe(1);
  });

  it("says by which version it was replaced, with 410", async () => {
    const { work, people } = stage;
    const { token, revision } = await shareWithClient(work, people.foreman);
    await work.asActor(people.foreman, ({ agreement }) =>
      agreement.revise({ revisionId: revision.id }),
    );
    const page = await stage.get(`/s/${token}`);
    expect(page.status).toBe(410);
    const html = await page.text();
    expect(html).toContain("заменена версией 2");
    expect(html).not.toContain('name="phone"');
    const program = await stage.get(`/s/${token}`, { Accept: "application/json" });
    expect(program.status).toBe(410);
    expect(await program.json()).toMatchObject({
      error: { code: "superseded", message: "Смета заменена версией 2" },
      replacedBy: 2,
    });
    expect((await stage.get(`/s/${token}/document.pdf`)).status).toBe(410);
    const late = await stage.post(`/s/${token}/agree`, {
      ...PERSON,
      sha256: revision.sha256,
      total: "196736.26",
    });
    expect(late.status).toBe(409);
    expect(await late.text()).toContain("заменена версией 2");
    const decisions = await stage.work.database.sql`
      select 1 from approvals where revision_id = ${revision.id}
    `;
    expect(decisions).toHaveLength(0);
  });

  it("tells a program what it is about", async () => {
    const { token, revision } = await shareWithClient(stage.work, stage.people.foreman);
    const response = await stage.get(`/s/${token}`, { Accept: "application/json" });
    expect(await response.json()).toEqual({
      number: revision.number,
      revision: 1,
      state: "open",
      total: "196736.26",
      sha256: revision.sha256,
    });
  });
});
