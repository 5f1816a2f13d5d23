import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDocumentRenderer, type DocumentRenderer } from "../documents/renderer.ts";
import { readPdf } from "../documents/testing_pdf.ts";
import { readQr } from "../documents/testing_qr.ts";
import { shareWithClient, submit } from "../services/testing_agreement.ts";
import { newContract, newExtra } from "../services/testing_contracts.ts";
import { createShareStage, renderOrdered, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;
let renderer: DocumentRenderer;

beforeAll(async () => {
  stage = await createShareStage();
  renderer = createDocumentRenderer();
});

afterAll(async () => {
  await renderer.close();
  await stage.close();
});

async function check(hash: string) {
  const response = await stage.get(`/v/${hash}`, { Accept: "application/json" });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("a paper's page", () => {
  it("says of each version what became of it", async () => {
    const { work, people } = stage;
    const { id, revision } = await shareWithClient(work, people.foreman);
    const reference = { revisionId: revision.id };
    expect(await check(revision.sha256)).toMatchObject({
      status: 200,
      body: { status: "submitted", isApproved: false, number: revision.number, revision: 1 },
    });
    await work.asActor(people.manager, ({ agreement }) =>
      agreement.approve(reference, { channel: "chat" }),
    );
    expect(await check(revision.sha256.toUpperCase())).toMatchObject({
      body: {
        status: "approved",
        isApproved: true,
        total: "196736.26",
        approvals: [{ side: "company", at: work.clock.now.toISOString() }],
      },
    });
    const html = await (await stage.get(`/v/${revision.sha256}`)).text();
    expect(html).toContain("Да, это утверждённая версия");
    // Who it was by name is nobody's business who only holds the paper.
    expect(html).not.toContain("Пётр Начальник");
    await work.asActor(people.foreman, ({ agreement }) => agreement.revise(reference));
    expect(await check(revision.sha256)).toMatchObject({
      body: { status: "superseded", isApproved: false, replacedBy: 2 },
    });
    expect(id).toBeTruthy();
  });

  it.each(["0".repeat(64), "abc", "%00", "z".repeat(64)])("does not know %s", async (hash) => {
    expect(await check(hash)).toEqual({
      status: 404,
      body: { status: "unknown", isApproved: false },
    });
    const page = await stage.get(`/v/${hash}`);
    expect(page.status).toBe(404);
    expect(await page.text()).toContain("Такой версии нет");
  });
});

describe("the PDF of a revision", () => {
  it("is what was frozen, with the hash and the address where it is checked", async () => {
    const { work, people } = stage;
    const { token, revision } = await shareWithClient(work, people.foreman);
    const waiting = await stage.get(`/s/${token}/document.pdf`);
    expect(waiting.status).toBe(202);
    expect(await waiting.text()).toContain("Готовим PDF");
    await work.asActor(people.owner, ({ company }) => company.set({ name: "Новое имя" }));
    await renderOrdered(stage, renderer);
    const ready = await stage.get(`/s/${token}/document.pdf`);
    expect(ready.headers.get("Content-Disposition")).toContain("attachment");
    const pages = await readPdf(new Uint8Array(await ready.arrayBuffer()));
    const text = pages.map((page) => page.text).join("\n");
    expect(text).toContain("Ромашка");
    expect(text).not.toContain("Новое имя");
    expect(text.replaceAll(/\s/g, "")).toContain(revision.sha256);
    expect(text.replaceAll(/\s/g, "")).toContain(`https://smetka.example/v/${revision.sha256}`);
    expect(text).toContain("НА СОГЛАСОВАНИИ");
    await work.asActor(people.manager, ({ agreement }) =>
      agreement.approve({ revisionId: revision.id }, { channel: "chat" }),
    );
    // The old file says that it is not approved, so it is not given out any more.
    expect((await stage.get(`/s/${token}/document.pdf`)).status).toBe(202);
    await renderOrdered(stage, renderer);
    const approved = await stage.get(`/s/${token}/document.pdf`);
    const after = await readPdf(new Uint8Array(await approved.arrayBuffer()));
    expect(after.map((page) => page.text).join()).not.toContain("НА СОГЛАСОВАНИИ");
  });

  it("of an estimate and of extra work has the printed address in its QR code, which opens", async () => {
    const { work, people } = stage;
    const estimate = await shareWithClient(work, people.foreman);
    const extraId = await newExtra(work, people.foreman, await newContract(work, people));
    const extra = await submit(work, people.foreman, extraId, "client");
    const { path } = await work.asActor(people.foreman, ({ sharing }) => sharing.share(extraId));
    for (const [page, { sha256, number }] of [
      [`/s/${estimate.token}`, estimate.revision],
      [path, extra],
    ] as const) {
      await stage.get(`${page}/document.pdf`);
      await renderOrdered(stage, renderer);
      const file = await stage.get(`${page}/document.pdf`);
      const bytes = new Uint8Array(await file.arrayBuffer());
      const text = (await readPdf(bytes))
        .map((one) => one.text)
        .join("")
        .replaceAll(/\s/g, "");
      const address = await readQr(bytes);
      expect(address).toBe(`https://smetka.example/v/${sha256}`);
      expect(text).toContain(address);
      expect(text).toContain(`SHA-256${sha256}`);
      const checked = await stage.get(new URL(address).pathname, { Accept: "application/json" });
      expect(await checked.json()).toMatchObject({ number, sha256 });
    }
  });
});
