import { clientFieldsSchema, type Phone } from "../../domain/clients.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { parsePhone } from "../../domain/phones.ts";
import type { Client, ClientService } from "../../domain/services.ts";
import {
  findClient,
  findClientsByPhone,
  insertClient,
  listClients,
  updateClient,
} from "../../db/clients.ts";
import { byId, readInput } from "./input.ts";
import { idCursor, makePage, readIdCursor, readPageRequest } from "./paging.ts";
import { demand, type Scope } from "./scope.ts";

/** An office phone may stand with a few people; with more it says nothing. */
const SAME_PHONE = 20;

const NAMES = {
  name: "Имя или название",
  kind: "Кто это",
  phones: "Телефоны",
  emails: "Эл. почта",
  inn: "ИНН",
  address: "Адрес",
  note: "Заметка",
};

const fieldsSchema = clientFieldsSchema.partial();

export function createClientService(scope: Scope): ClientService {
  const { tx, actor } = scope;
  return {
    create: async (fields) => {
      demand(scope, "client.edit");
      const { phones, emails, ...rest } = readInput(clientFieldsSchema, fields, NAMES);
      return insertClient(tx, actor.companyId, {
        ...rest,
        id: scope.newId(),
        phones: tidyPhones(phones),
        emails: tidyEmails(emails),
      });
    },
    get: async (id) => {
      demand(scope, "client.read");
      return readClient(scope, id);
    },
    set: async (id, fields) => {
      demand(scope, "client.edit");
      const { phones, emails, ...rest } = readInput(fieldsSchema, fields, NAMES);
      const changed = {
        ...rest,
        phones: phones && tidyPhones(phones),
        emails: emails && tidyEmails(emails),
      };
      const client = await byId(id, () => updateClient(tx, actor.companyId, id, changed));
      if (!client) throw clientNotFound();
      return client;
    },
    list: async (request) => {
      demand(scope, "client.read");
      const { words, cursor, limit } = readPageRequest(request);
      const before = readIdCursor(cursor);
      const rows = await listClients(tx, actor.companyId, { words, before, limit });
      return makePage(rows, limit, { item: (client) => client, place: idCursor });
    },
    findByPhone: async (e164) => {
      demand(scope, "client.read");
      const phone = parsePhone(e164);
      if (!phone) throw new AppError("invalid", "Не получилось прочитать номер телефона.");
      return findClientsByPhone(tx, actor.companyId, phone.e164, SAME_PHONE);
    },
  };
}

/** Throws `not_found` for what is no id, too. */
export async function readClient({ tx, actor }: Scope, id: Id): Promise<Client> {
  const client = await byId(id, () => findClient(tx, actor.companyId, id));
  if (!client) throw clientNotFound();
  return client;
}

function clientNotFound(): AppError {
  return notFound("Карточка заказчика");
}

/** Reads the numbers that the door left unread; drops empty and repeated ones. */
function tidyPhones(phones: readonly Phone[]): Phone[] {
  const read = phones
    .map(({ raw, e164 }) => ({ raw, e164: e164 ?? parsePhone(raw)?.e164 ?? null }))
    .filter(({ raw, e164 }) => raw !== "" || e164 !== null);
  return uniqueBy(read, ({ raw, e164 }) => e164 ?? raw);
}

function tidyEmails(emails: readonly string[]): string[] {
  return uniqueBy(
    emails.filter((email) => email !== ""),
    (email) => email.toLowerCase(),
  );
}

/** The first of each key. */
function uniqueBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const found = new Map<string, Item>();
  for (const item of items) {
    const key = keyOf(item);
    if (!found.has(key)) found.set(key, item);
  }
  return [...found.values()];
}
