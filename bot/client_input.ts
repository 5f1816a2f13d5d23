import type { ClientFields } from "../domain/clients.ts";
import { formatPhone, parsePhone } from "../domain/phones.ts";
import type { Client } from "../domain/services.ts";
import { cleanText, cutText } from "../domain/text.ts";
import { type ChatContext, servicesOf } from "./context.ts";
import type { Reading } from "./conversations/question.ts";
import { readText } from "./reading.ts";
import { CLIENTS } from "./texts_clients.ts";

export interface ClientInput {
  readonly name: string;
  /** As written; empty when none was given. */
  readonly phone: string;
  /** Not there when none was given. */
  readonly email?: string;
}

const PHONE_LIKE = /\+?\d[\d\s()\u00a0–—-]{5,}\d/;
const EMAIL_LIKE = /[^\s@,;:<>()«»"]{1,64}@[^\s@,;:<>()«»"]{1,190}\.[\p{L}\d-]{2,60}/u;
const ORGANISATION = /(?:^|[\s«"])(?:ООО|АО|ПАО|ЗАО|ОАО|ИП|ТСЖ|ТСН|СНТ|ГК|УК)(?:[\s«"]|$)/u;

/** «Иван Петров 8 916 123-45-67, ivan@mail.ru» or a contact. */
export function readClient(ctx: ChatContext): Reading<ClientInput> {
  const { contact } = ctx.message ?? {};
  if (contact) return { ok: true, value: clientOfContact(contact) };
  const text = readText(ctx);
  return text === null ? null : readClientText(text);
}

export function readClientText(text: string): Reading<ClientInput> {
  const whole = text.replace(/\s+/g, " ");
  // First: an address may hold digits enough for a phone.
  const email = EMAIL_LIKE.exec(whole)?.[0] ?? "";
  const line = whole.replace(email, " ");
  const found = PHONE_LIKE.exec(line)?.[0] ?? "";
  if (found !== "" && !parsePhone(found)) {
    return { ok: false, problem: CLIENTS.badPhone(cutText(found, 40)) };
  }
  const name = line
    .replace(found, " ")
    .replace(/(?:^|\s)(?:(?:тел|телефон|т)[.:]*|(?:почта|e-?mail):)(?=[\s,;]|$)/giu, " ")
    .replace(/\s+/g, " ")
    .replace(/[<(]\s*[>)]/g, " ")
    .replace(/\s+/g, " ")
    .replace(/\s*[,;](?:\s*[,;])+/g, ",")
    .replace(/^[\s,;:–—-]+|[\s,;:–—-]+$/g, "");
  if (name === "" && found === "" && email === "") return { ok: false, problem: CLIENTS.noName };
  const named = name || (found === "" ? email : phoneName(found));
  return { ok: true, value: { name: named, phone: found, ...(email === "" ? {} : { email }) } };
}

/** A contact tells about another person: it is data to check, not a proof of who sends it. */
export function clientOfContact(contact: {
  readonly phone_number: string;
  readonly first_name: string;
  readonly last_name?: string;
}): ClientInput {
  const name = cleanText(`${contact.first_name} ${contact.last_name ?? ""}`);
  const phone = cleanText(contact.phone_number);
  return { name: cutText(name || phoneName(phone), 200), phone };
}

function phoneName(phone: string): string {
  const read = parsePhone(phone);
  return read ? formatPhone(read.e164) : phone;
}

/** Saves a client, or finds the one who has this number already. */
export async function saveClient(
  ctx: ChatContext,
  { name, phone, email }: ClientInput,
): Promise<{ client: Client; isNew: boolean }> {
  const { clients } = servicesOf(ctx);
  const e164 = parsePhone(phone)?.e164 ?? null;
  const known = e164 === null ? [] : await clients.findByPhone(e164);
  // An office phone stands with several people: then the name decides.
  const same = known.length === 1 ? known[0] : known.find((client) => client.name === name);
  if (same) return { client: same, isNew: false };
  const fields: ClientFields = {
    name,
    kind: ORGANISATION.test(name) ? "organisation" : "person",
    phones: phone === "" ? [] : [{ raw: cutText(phone, 50), e164 }],
    emails: email === undefined ? [] : [cutText(email, 200)],
    inn: "",
    address: "",
    note: "",
  };
  return { client: await clients.create(fields), isNew: true };
}
