import {
  type ClientPush,
  CrmError,
  type RemoteClient,
  type RemoteRef,
} from "../../../domain/crm_adapter.ts";
import { asId, asList, asMap, type Fields } from "../loose.ts";
import type { AmocrmClient } from "./client.ts";
import { readClient } from "./records.ts";

/** Digits that are the same however a Russian number is written. */
const NATIONAL = 10;

/**
 * By phones, then e-mails, then (for those who have neither) by the very same name. `query` looks
 * everywhere and takes +7 and 8 for different, so the last ten digits are asked for and every hit is
 * compared with what its card really holds.
 */
export async function findClientRecords(
  client: AmocrmClient,
  person: ClientPush,
  signal: AbortSignal,
): Promise<readonly RemoteRef[]> {
  const kind = kindOf(person);
  for (const { query, isSame } of questionsFor(person)) {
    const found = await search(client, kind, { query, limit: "50" }, signal);
    const same = found.filter(isSame);
    if (same.length > 0) return same.map(({ ref }) => ref);
  }
  // Search lags behind writes: who was made a moment ago is among the newest.
  const newest = await search(client, kind, { "order[id]": "desc", limit: "250" }, signal);
  const isSame = questionsFor(person).map((question) => question.isSame);
  return newest.filter((one) => isSame.some((test) => test(one))).map(({ ref }) => ref);
}

interface Question {
  readonly query: string;
  readonly isSame: (one: RemoteClient) => boolean;
}

function questionsFor(person: ClientPush): Question[] {
  const phones = person.phones.map(nationalDigits).filter((one) => one.length === NATIONAL);
  const emails = person.emails.map((one) => one.toLowerCase());
  const questions = [
    ...phones.map((query) => ({
      query,
      isSame: (one: RemoteClient) => one.phones.some((phone) => nationalDigits(phone) === query),
    })),
    ...emails.map((query) => ({
      query,
      isSame: (one: RemoteClient) => one.emails.some((email) => email.toLowerCase() === query),
    })),
  ];
  if (questions.length > 0) return questions;
  return [{ query: person.name, isSame: (one) => one.name === person.name }];
}

async function search(
  client: AmocrmClient,
  kind: "contacts" | "companies",
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<RemoteClient[]> {
  const answer = await client.call({
    operation: `GET /${kind}`,
    path: `/${kind}`,
    query,
    signal,
  });
  return asList(asMap(answer?.["_embedded"])[kind]).flatMap((row) => readClient(kind, row) ?? []);
}

export async function createClientRecord(
  client: AmocrmClient,
  person: ClientPush,
  signal: AbortSignal,
): Promise<RemoteRef> {
  const kind = kindOf(person);
  const answer = await client.call({
    operation: `POST /${kind}`,
    path: `/${kind}`,
    body: [{ name: person.name, request_id: person.externalKey, ...fieldsOf(person) }],
    signal,
  });
  const id = asId(asMap(asList(asMap(answer?.["_embedded"])[kind])[0])["id"]);
  if (id === null) throw new CrmError({ kind: "unknown" }, "no_id");
  return { entity: kind === "contacts" ? "contact" : "company", id };
}

function fieldsOf({ phones, emails }: ClientPush): Fields {
  const field = (code: string, values: readonly string[]) =>
    values.length === 0
      ? []
      : [{ field_code: code, values: values.map((value) => ({ value, enum_code: "WORK" })) }];
  const given = [...field("PHONE", phones), ...field("EMAIL", emails)];
  return given.length === 0 ? {} : { custom_fields_values: given };
}

function kindOf({ kind }: ClientPush): "contacts" | "companies" {
  return kind === "organisation" ? "companies" : "contacts";
}

function nationalDigits(phone: string): string {
  const main = phone.split(/#|доб|ext/i)[0] ?? "";
  return main.replaceAll(/\D/g, "").slice(-NATIONAL);
}
