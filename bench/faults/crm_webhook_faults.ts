import { createHmac } from "node:crypto";
import { newId } from "../../server/new_id.ts";
import { type Fault, until, type Work } from "./fault.ts";
import { CRM_TOKEN, type Stage } from "./stage.ts";
import { withWebhook } from "./webhook_mode.ts";

const CONTACTS = 20;
const EDITS = 5;
const FULL_INBOX = 10_000;
const AT_ONCE = 25;
const REPLAYS = 50;

/** What comes in through the doors for other systems. */
export const crmWebhookFaults: readonly Fault[] = [
  {
    id: "15e",
    name: `a full inbox: ${FULL_INBOX} webhooks of the CRM`,
    isShort: false,
    run: async (stage, { progress }) => {
      const ids = Array.from({ length: CONTACTS }, () => createContact(stage, newId()));
      const bodies = Array.from({ length: FULL_INBOX }, (_, index) =>
        bodyOf(stage, { contact: ids[index % ids.length] ?? 0, moment: index }),
      );
      const start = performance.now();
      const statuses = await postAll(stage.crmAddress, bodies);
      const posted = (performance.now() - start) / 1000;
      await progress(1);
      await inboxIsEmpty(stage);
      const handled = (performance.now() - start) / 1000;
      const taken = statuses.filter((status) => status === 200).length;
      return `${taken} taken in ${posted.toFixed(1)} s, nothing waits after ${handled.toFixed(1)} s`;
    },
  },
  {
    id: "16",
    name: "webhooks of the CRM come doubled, in any order, and between the edits",
    isShort: false,
    run: editAndTell,
  },
  {
    id: "17",
    name: "forged and replayed calls to every door",
    isShort: false,
    run: (stage, { progress }) =>
      withWebhook(stage, async () => {
        const before = await countInbox(stage);
        const statuses = new Set<number>();
        for (const call of forgedCalls(stage)) statuses.add((await call()).status);
        await progress(1);
        const taken = [...statuses].filter((status) => status < 400);
        if (taken.length > 0 || (await countInbox(stage)) > before) {
          throw new Error(`a forged call was taken: ${[...statuses].join(", ")}`);
        }
        const genuine = bodyOf(stage, { contact: createContact(stage, newId()), moment: 1 });
        await postAll(
          stage.crmAddress,
          Array.from({ length: REPLAYS }, () => genuine),
        );
        await inboxIsEmpty(stage);
        return `${forgedCalls(stage).length} forged: ${[...statuses].join(", ")}; one webhook ${REPLAYS} times`;
      }),
  },
];

/** Contacts are edited in the CRM, which tells of each edit twice and in any order. */
export async function editAndTell(stage: Stage, { progress }: Work): Promise<string> {
  const { portal, random } = stage;
  const marks = Array.from({ length: CONTACTS }, () => newId().slice(-12));
  const ids = marks.map((mark) => createContact(stage, `${mark} 0`));
  const events: string[] = [];
  for (let edit = 1; edit <= EDITS; edit += 1) {
    ids.forEach((id, index) => {
      portal.edit.editContact(id, { lastName: `${marks[index]} ${edit}` });
      events.push(...twice(bodyOf(stage, { contact: id, moment: edit })));
    });
    // Some of what was said so far, and not in the order in which it happened.
    events.splice(0, events.length, ...random.shuffle(events));
    await postAll(stage.crmAddress, events.splice(0, events.length / 2));
  }
  await postAll(stage.crmAddress, events);
  await progress(1);
  await inboxIsEmpty(stage);
  const rows = await stage.database.sql<{ name: string }[]>`
    select name from clients where company_id = ${stage.companyId}
  `;
  const old = marks.filter((mark) => {
    const own = rows.filter(({ name }) => name.includes(mark));
    return own.length !== 1 || !own[0]?.name.includes(`${mark} ${EDITS}`);
  });
  if (old.length > 0) throw new Error(`${old.length} clients are not as the CRM has them`);
  return `${CONTACTS} contacts, ${EDITS} edits of each: the newest is here, once`;
}

function createContact({ portal }: Stage, lastName: string): number {
  return portal.edit.createContact({ name: "Иван", lastName });
}

/** As the portal's queue server writes it. */
function bodyOf(
  { portal }: Stage,
  { contact, moment, token = CRM_TOKEN }: { contact: number; moment: number; token?: string },
): string {
  return new URLSearchParams({
    event: "ONCRMCONTACTUPDATE",
    "data[FIELDS][ID]": String(contact),
    ts: String(moment),
    "auth[member_id]": portal.memberId,
    "auth[application_token]": token,
  }).toString();
}

function twice(body: string): string[] {
  return [body, body];
}

/** Their statuses; who gets no answer, or 5xx, is the CRM's one attempt that was lost. */
async function postAll(url: string, bodies: readonly string[]): Promise<number[]> {
  const statuses: number[] = [];
  const left = bodies.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const body of left) statuses.push(await post(url, body));
    }),
  );
  return statuses;
}

async function post(url: string, body: string): Promise<number> {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const answer = await fetch(url, { method: "POST", headers, body });
  await answer.arrayBuffer();
  return answer.status;
}

async function countInbox({ database, companyId }: Stage): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count
    from crm_inbox
    where company_id = ${companyId} and handled_at is null
  `;
  return row?.count ?? 0;
}

function inboxIsEmpty(stage: Stage): Promise<void> {
  return until("the inbox is empty", async () => (await countInbox(stage)) === 0, {
    limit: 240_000,
    pause: 200,
  });
}

/** Every door with a key that is wrong, old, or somebody else's. */
function forgedCalls(stage: Stage): (() => Promise<{ status: number }>)[] {
  const web = stage.urlOf("web");
  const contact = createContact(stage, newId());
  const event = (token: string) => bodyOf(stage, { contact, moment: 2, token });
  const update = { update_id: 990_000_000, message: { message_id: 1, date: 1, text: "/start" } };
  const telegram = (secret: string) =>
    fetch(`${web}/telegram/webhook`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret },
      body: JSON.stringify(update),
    });
  const session = (age: number, token: string) =>
    fetch(`${web}/api/v1/session`, {
      method: "POST",
      headers: { Authorization: `tma ${launchData(age, token, stage.manager.person.id)}` },
    });
  const botToken = stage.environment["BOT_TOKEN"] ?? "";
  return [
    async () => ({ status: await post(stage.crmAddress, event("another token")) }),
    async () => ({ status: await post(stage.crmAddress, event("")) }),
    async () => ({ status: await post(`${web}/crm/bitrix24/${"a".repeat(80)}`, event(CRM_TOKEN)) }),
    () => telegram(""),
    () => telegram(`${stage.webhookSecret}x`),
    () => session(0, `${botToken}x`),
    () => session(2 * 3600, botToken),
    () => session(-600, botToken),
    () => fetch(`${web}/api/v1/me`, { headers: { Authorization: "Bearer sk_forged" } }),
  ];
}

/** Signed as Telegram does, so many seconds ago. */
function launchData(age: number, token: string, telegramId: number): string {
  const pairs: [string, string][] = [
    ["auth_date", String(Math.floor(Date.now() / 1000) - age)],
    ["user", JSON.stringify({ id: telegramId, first_name: "Мария" })],
  ];
  const key = createHmac("sha256", "WebAppData").update(token).digest();
  const text = pairs.map(([name, value]) => `${name}=${value}`).join("\n");
  const hash = createHmac("sha256", key).update(text).digest("hex");
  return new URLSearchParams([...pairs, ["hash", hash]]).toString();
}
