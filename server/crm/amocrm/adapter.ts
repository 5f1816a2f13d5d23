import {
  type CrmAdapter,
  CrmError,
  type CrmPipeline,
  type CrmProbe,
} from "../../../domain/crm_adapter.ts";
import { asId, asList, asMap, asText } from "../loose.ts";
import type { AmocrmClient } from "./client.ts";
import { createClientRecord, findClientRecords } from "./clients.ts";
import { createDealRecord, findDealRecord, writeDealRecord } from "./deals.ts";
import { attachFile } from "./files.ts";
import { KINDS, outcomeOf, readClient, readDeal } from "./records.ts";
import { scan } from "./scan.ts";
import { createAmocrmWebhook } from "./webhook.ts";

/** The field of leads that holds the estimate's id: amoCRM has none of its own for that. */
const KEY_CODE = "SMETKA_ESTIMATE_ID";
const EVENTS = ["lead", "contact", "company"].flatMap((noun) =>
  ["add", "update", "delete", "restore"].map((verb) => `${verb}_${noun}`),
);

/** amoCRM (and Kommo) by API v4. */
export function createAmocrmAdapter(options: {
  readonly client: AmocrmClient;
  readonly now: () => Date;
  readonly currency: string;
  readonly accountId: string | null;
  /** As `probe` remembered it. */
  readonly keyField: string | null;
}): CrmAdapter {
  const { client } = options;
  return {
    abilities: { lines: "note", tellsDeletions: true, canRead: true },
    probe: (signal) => probe(client, signal),
    pipelines: (signal) => listPipelines(client, signal),
    pull: (cursor, signal) => scan(options, cursor, signal),
    count: async () => null,
    async read({ entity, id }, signal) {
      const kind = KINDS[entity];
      const query = entity === "deal" ? { query: { with: "contacts" } } : {};
      const operation = `GET /${kind}/{id}`;
      const row = await client.call({ operation, path: `/${kind}/${id}`, ...query, signal });
      if (row === null) return null;
      if (kind === "leads") return readDeal(row, options.keyField, options.currency);
      return readClient(kind, row);
    },
    findClients: (person, signal) => findClientRecords(client, person, signal),
    createClient: (person, signal) => createClientRecord(client, person, signal),
    findDeal: (key, signal) => findDealRecord(options, key, signal),
    createDeal: (deal, signal) => createDealRecord(options, deal, signal),
    writeDeal: (ref, deal, signal) => writeDealRecord(options, ref, deal, signal),
    attach: (ref, file, signal) => attachFile(client, ref, file, signal),
    keepWebhook: (url, signal) => keepWebhook(client, url, signal),
    webhook: createAmocrmWebhook(options),
  };
}

async function probe(client: AmocrmClient, signal: AbortSignal): Promise<CrmProbe> {
  const account = asMap(
    await client.call({
      operation: "GET /account",
      path: "/account",
      query: { with: "datetime_settings" },
      signal,
    }),
  );
  const keyField = await findKeyField(client, signal);
  const times = asMap(asMap(account["_embedded"])["datetime_settings"]);
  const currency = asText(account["currency"]);
  return {
    accountId: asId(account["id"]),
    currency,
    timezone: asText(times["timezone"]) || null,
    problems: [
      ...(keyField === null
        ? [
            "Нужен токен администратора amoCRM: один раз создать поле сделки для номера сметы. Создайте токен от имени администратора.",
          ]
        : []),
      ...(currency === "RUB" ? [] : ["Валюта аккаунта amoCRM не рубль: суммы смет в рублях."]),
    ],
    warnings: [],
    remembered: { keyField },
  };
}

/** Found by its code, otherwise made. Null: only an administrator may make it. */
async function findKeyField(client: AmocrmClient, signal: AbortSignal): Promise<string | null> {
  const path = "/leads/custom_fields";
  for (let page = 1; ; page += 1) {
    const query = { limit: "50", page: String(page) };
    const answer = await client.call({ operation: `GET ${path}`, path, query, signal });
    const fields = asList(asMap(answer?.["_embedded"])["custom_fields"]).map(asMap);
    const found = fields.find((field) => field["code"] === KEY_CODE);
    if (found) return asId(found["id"]);
    if (fields.length < 50) break;
  }
  try {
    const body = [{ name: "Номер сметы в Смётке", type: "text", code: KEY_CODE }];
    const made = await client.call({ operation: `POST ${path}`, path, body, signal });
    return asId(asMap(asList(asMap(made?.["_embedded"])["custom_fields"])[0])["id"]);
  } catch (error) {
    const { failure } = error instanceof CrmError ? error : { failure: null };
    if (failure?.kind === "stopped" && failure.reason === "rights") return null;
    throw error;
  }
}

async function listPipelines(
  client: AmocrmClient,
  signal: AbortSignal,
): Promise<readonly CrmPipeline[]> {
  const path = "/leads/pipelines";
  const answer = await client.call({ operation: `GET ${path}`, path, signal });
  return asList(asMap(answer?.["_embedded"])["pipelines"])
    .map(asMap)
    .filter((pipeline) => pipeline["is_archive"] !== true)
    .map((pipeline) => ({
      id: asText(pipeline["id"]),
      name: asText(pipeline["name"]),
      stages: asList(asMap(pipeline["_embedded"])["statuses"])
        .map(asMap)
        // «Неразобранное» is filled by forms and calls only.
        .filter((status) => status["type"] !== 1)
        .map((status) => ({
          id: asText(status["id"]),
          name: asText(status["name"]),
          outcome: outcomeOf(asText(status["id"])),
        })),
    }));
}

/** Subscribes where it is missing; a subscription that amoCRM switched off, a person switches on. */
async function keepWebhook(
  client: AmocrmClient,
  url: string,
  signal: AbortSignal,
): Promise<string | null> {
  const path = "/webhooks";
  try {
    const query = { "filter[destination]": url };
    const answer = await client.call({ operation: `GET ${path}`, path, query, signal });
    const hooks = asList(asMap(answer?.["_embedded"])["webhooks"]).map(asMap);
    const ours = hooks.find((hook) => asText(hook["destination"]) === url);
    if (ours?.["disabled"] === true) {
      return "amoCRM отключила наш вебхук из-за неудачных ответов: об изменениях мы узнаём раз в час. Включите его: Настройки → Интеграции → Web hooks.";
    }
    if (ours) return null;
    const body = { destination: url, settings: [...EVENTS, "status_lead"] };
    await client.call({ operation: `POST ${path}`, path, body, signal });
    return null;
  } catch (error) {
    const { failure } = error instanceof CrmError ? error : { failure: null };
    const isRights = failure?.kind === "stopped" && failure.reason === "rights";
    if (!isRights && failure?.kind !== "invalid") throw error;
    return "Не получилось подписаться на изменения в amoCRM: нужны права администратора. Мы узнаём о них раз в час.";
  }
}
