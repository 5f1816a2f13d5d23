import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { newId } from "../new_id.ts";
import { createManagerStage, type ManagerStage } from "./testing.ts";
import { indexAll, seedCompany, seedDeals } from "./testing_seed.ts";

let stage: ManagerStage;
let cookie: string;
let estimateId: string;

beforeAll(async () => {
  stage = await createManagerStage();
  ({ estimateId } = await seedCompany(stage));
  cookie = await stage.login(stage.people.manager);
});
afterAll(() => stage.close());

async function search(query: Record<string, string>, reader = cookie): Promise<string> {
  const path = `/manager/search?${new URLSearchParams(query).toString()}`;
  const answer = await stage.get(path, reader);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.text();
}

function mainOf(page: string): string {
  return page.slice(page.indexOf("<main"));
}

/** What is read there, with plain spaces. */
function wordsOf(page: string): string {
  return plain(mainOf(page));
}

function plain(text: string): string {
  return text.replace(/<[^>]*>/g, " ").replace(/(\s|\u00a0|&nbsp;)+/g, " ");
}

function hitsOf(page: string): string[] {
  const list = /<ol class="hits"[\s\S]*<\/ol>/.exec(page)?.[0] ?? "";
  return list.split("<li>").slice(1).map(plain);
}

function newClient(actor: Actor, name: string) {
  return stage.work.asActor(actor, ({ clients }) =>
    clients.create({
      name,
      kind: "person",
      phones: [],
      emails: [],
      inn: "",
      address: "",
      note: "",
    }),
  );
}

describe("the search over everything", () => {
  it("stands on every page, with what was looked for on its own", async () => {
    for (const path of ["/manager", "/manager/estimates", "/manager/sessions", "/manager/search"]) {
      const page = await (await stage.get(path, cookie)).text();
      expect([path, page]).toEqual([
        path,
        expect.stringMatching(
          /<form\s+class="find"\s+method="get"\s+action="\/manager\/search"[\s\S]*<label class="hidden" for="find">[\s\S]*id="find"[\s\S]*name="q"\s+value=""/,
        ),
      ]);
    }
    expect(await search({ q: "константинопольская" })).toContain('value="константинопольская"');
    // A list's own words are of that list.
    const list = await (await stage.get("/manager/clients?q=6789", cookie)).text();
    expect(/id="find"[^>]*value="([^"]*)"/.exec(list)?.[1]).toBe("");
  });

  it("finds a client, her object, estimates and deals, and leads to each", async () => {
    const page = await search({ q: "константинопольской" });
    const kinds = hitsOf(page).map((hit) => hit.trim().split(" ")[0]);
    expect(new Set(kinds)).toEqual(new Set(["сделка", "смета", "клиент", "объект"]));
    expect(kinds.filter((kind) => kind === "смета")).toHaveLength(9);
    expect(page).toContain("<mark>Константинопольская</mark>");
    expect(page).toMatch(/href="\/manager\/estimates\?client=[\w-]{36}"\s*>Екатерина/);
    expect(page).toMatch(/href="\/manager\/estimates\?project=[\w-]{36}"\s*>Квартира на Ленина/);
    expect(page).toContain(`href="/manager/estimates/${estimateId}"`);
  });

  it("finds by a line, a phone's last digits, an e-mail, a number and with a mistake", async () => {
    expect(hitsOf(await search({ q: "демонтажу перегородок" }))).toHaveLength(9);
    for (const q of ["6789", "8 (912) 345 67 89", "ekaterina@example.ru"]) {
      expect([q, hitsOf(await search({ q, kind: "client" }))]).toEqual([
        q,
        [expect.stringMatching(/клиент Екатерина Константинопольская/)],
      ]);
    }
    expect(hitsOf(await search({ q: "СМ-2026-0001" }))[0]).toMatch(/смета СМ-2026-0001/);
    const mistyped = await search({ q: "константинапольская" });
    expect(wordsOf(mistyped)).toContain("Точно таких слов нет. Показано похожее");
    expect(mistyped).toContain("<mark>Константинопольская</mark>");
  });

  it("shows what is known of a deal without an estimate, and its page in the CRM", async () => {
    const page = await search({ q: "беседка" });
    expect(hitsOf(page)).toEqual([
      expect.stringMatching(
        /сделка Беседка у озера remont\.bitrix24\.ru Название: Беседка у озера Битрикс24, сделка 71, этап «Замер», открыта, 145 000,00 ₽, Аркадий Озёрный *\. *Открыть в CRM/,
      ),
    ]);
    expect(page).toContain('href="https://remont.bitrix24.ru/crm/deal/details/71/"');
    expect(mainOf(page)).not.toContain("/manager/estimates/");
  });

  it("goes on page by page without a gap or a double, and says where it ends", async () => {
    const { owner } = stage.people;
    for (let count = 0; count < 65; count += 1) await newClient(owner, `Однофамилец №${count}`);
    await indexAll(stage);
    const seen: string[] = [];
    let page = await search({ q: "однофамилец " });
    for (let count = 0; count < 5; count += 1) {
      seen.push(...hitsOf(page));
      const next = /rel="next"\s+href="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&");
      if (next === undefined) break;
      expect(wordsOf(page)).not.toContain("Это конец списка");
      page = await (await stage.get(next, cookie)).text();
    }
    expect([seen.length, new Set(seen).size]).toEqual([65, 65]);
    expect(wordsOf(page)).toContain("Это конец списка");
    expect((await stage.get("/manager/search?q=дом&after=nonsense", cookie)).status).toBe(400);
  });

  it("asks what to look for, and says that nothing was found where and by what", async () => {
    for (const q of ["", "  ", "!?"]) {
      expect([q, wordsOf(await search({ q }))]).toEqual([
        q,
        expect.stringContaining("Напишите в поле вверху имя"),
      ]);
    }
    expect(wordsOf(await search({ q: "бетономешалка" }))).toContain(
      "По запросу «бетономешалка» ничего не нашлось: ни клиентов, ни объектов, ни смет, ни сделок.",
    );
    const among = await search({ q: "беседка", kind: "client" });
    expect(wordsOf(among)).toContain("Среди клиентов по запросу «беседка» ничего не нашлось.");
    // Anything else than a kind narrows nothing.
    expect(hitsOf(await search({ q: "беседка", kind: "Клиент" }))).toHaveLength(1);
  });

  it("takes the beginning of a text that is too long, and says so", async () => {
    const page = await search({ q: `беседка ${"озеро ".repeat(200)}` });
    expect(wordsOf(page)).toContain("Текст длинный: искали по первым 200 знакам");
    expect(hitsOf(page)).toHaveLength(1);
    // Half of a pair of a symbol of two must not break the page.
    expect(hitsOf(await search({ q: `беседка${" ".repeat(192)}😀` }))).toHaveLength(1);
  });

  it("shows tags in names and in the typed text as text", async () => {
    const evil = `<script>alert("Взломов")</script>`;
    const client = await newClient(stage.people.owner, evil);
    await stage.work.asActor(stage.people.owner, ({ projects }) =>
      projects.create({
        title: `"><img src=x onerror=alert(1)> Взломов`,
        address: "",
        clientId: client.id,
        note: "",
      }),
    );
    await seedDeals(stage, [{ remoteId: "72", title: `<b onclick="x()">Взломов</b>` }]);
    const page = mainOf(await search({ q: "взломов" }));
    expect(hitsOf(page)).toHaveLength(3);
    expect(page).toContain(`&lt;script&gt;alert(&quot;<mark>Взломов</mark>&quot;)&lt;/script&gt;`);
    expect(page).not.toMatch(/<script|<img|<b onclick/);
    const typed = await search({ q: `"><svg onload=alert(1)>` });
    expect(typed).not.toContain("<svg");
    expect(typed).toContain('value="&quot;&gt;&lt;svg onload=alert(1)&gt;"');
  });

  it("shows nothing of another company, and nothing at all to a foreman", async () => {
    const { stranger, foreman } = stage.people;
    await newClient(stranger, "Чужаков Платон");
    const companyId = stranger.companyId;
    await seedDeals(stage, [{ remoteId: "9", title: "Чужаков, баня" }], companyId);
    expect(hitsOf(await search({ q: "чужаков" }))).toEqual([]);
    expect(hitsOf(await search({ q: "чужаков" }, await stage.login(stranger)))).toHaveLength(2);
    const person = await stage.work.newActor({ companyId: foreman.companyId, role: "manager" });
    const fallen = await stage.login(person);
    await stage.work.asActor(stage.people.owner, ({ team }) =>
      team.setRole(person.userId, "foreman"),
    );
    const refused = await stage.get("/manager/search?q=беседка", fallen);
    expect(refused.status).toBe(403);
    expect(await refused.text()).not.toContain("озера");
  });

  it("keeps secrets of the connection and what was removed to itself", async () => {
    const { companyId } = stage.people.owner;
    const page = await search({ q: "remont.bitrix24.ru" });
    expect(page).not.toMatch(/secrets|rest\/1/);
    const removed = newId();
    await seedDeals(stage, [{ remoteId: removed, title: "Исчезнувшая" }]);
    expect(hitsOf(await search({ q: "исчезнувшая" }))).toHaveLength(1);
    await stage.work.database.sql`
      update crm_deals set deleted_at = now()
      where company_id = ${companyId} and remote_id = ${removed}
    `;
    expect(hitsOf(await search({ q: "исчезнувшая" }))).toEqual([]);
  });
});
