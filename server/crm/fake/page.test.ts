import { expect, test } from "vitest";
import { startAccount } from "../amocrm/fake/testing.ts";
import { startPortal } from "../bitrix24/fake/testing.ts";
import { createReceiver } from "./testing.ts";
import { asMap } from "./values.ts";

async function press(
  url: string,
  dealId: number,
  stage: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/_fake/deals/${String(dealId)}/stage`, {
    method: "POST",
    body: new URLSearchParams({ stage }),
    headers,
    redirect: "manual",
  });
}

test("shows a deal with its rows, files and stages, and lets a person move it", async () => {
  const portal = await startPortal();
  const { origin } = new URL(portal.webhookUrl);
  const page = async (path = "/"): Promise<string> => (await fetch(origin + path)).text();
  expect(await page()).toContain("Сделок пока нет");
  const receiver = await createReceiver();
  const id = portal.edit.createDeal({ title: `Баня <img src=x> "№1"`, contactIds: [13] });
  await portal.result("crm.item.productrow.set", {
    ownerType: "D",
    ownerId: id,
    productRows: [{ productName: "Плитка", price: 900.5, quantity: 2.5, measureCode: 6 }],
  });
  const content = Buffer.from("%PDF-1.7").toString("base64");
  await portal.result("crm.timeline.comment.add", {
    fields: {
      ENTITY_ID: id,
      ENTITY_TYPE: "deal",
      COMMENT: "Смета согласована",
      FILES: [["смета.pdf", content]],
    },
  });
  const shown = (await page()).replaceAll(/[\u00A0\u202F]/g, " ");
  expect(shown).toContain("Баня &lt;img src=x&gt; &quot;№1&quot;");
  expect(shown).toContain("2 251,25 ₽");
  expect(shown).toContain("2,5 м");
  expect(shown).toContain("Смета согласована");
  const file = await fetch(origin + (/href="(\/_fake\/files\/\d+)"/.exec(shown)?.[1] ?? ""));
  expect(await file.text()).toBe("%PDF-1.7");
  portal.outgoingWebhook({ url: receiver.url });
  expect((await press(origin, id, "WON")).status).toBe(303);
  await portal.webhooks.settled();
  expect(receiver.received.map((event) => event["event"])).toEqual(["ONCRMDEALUPDATE"]);
  expect(await page("/_fake/deals")).toContain(`<span class="stage won">Сделка успешна</span>`);
  expect((await press(origin, id, "C9:NEW")).status).toBe(404);
  expect((await press(origin, id, "NEW", { origin: "https://evil.example" })).status).toBe(403);
  await receiver.close();
});

test("shows a lead of the account and moves it into another pipeline", async () => {
  const account = await startAccount();
  const receiver = await createReceiver();
  const id = account.edit.createLead({ name: "Баня", price: 5000 });
  await account.call("POST", `/leads/${String(id)}/notes`, [
    { note_type: "common", params: { text: "1. Плитка — 2 м²" } },
  ]);
  await account.call("POST", "/webhooks", { destination: receiver.url, settings: ["status_lead"] });
  expect((await press(account.domain, id, "3100047:142")).status).toBe(303);
  const shown = await (await fetch(account.domain)).text();
  expect(shown).toContain("1. Плитка — 2 м²");
  expect(shown).toContain(`<span class="stage won">Успешно реализовано</span>`);
  await account.webhooks.settled();
  expect(asMap(asMap(receiver.received[0]?.["leads"])["status"])).toMatchObject({
    0: { status_id: "142", pipeline_id: "3100047" },
  });
  expect((await press(account.domain, id, "3100047:31000201")).status).toBe(404);
  await receiver.close();
});

test("loads nothing from elsewhere", async () => {
  const portal = await startPortal();
  const { origin } = new URL(portal.webhookUrl);
  const response = await fetch(origin);
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  for (const [, path = ""] of (await response.text()).matchAll(/(?:src|href)="([^"]+)"/g)) {
    expect((await fetch(origin + path)).status).toBe(200);
  }
});
