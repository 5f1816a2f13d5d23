import {
  type CrmAdapter,
  CrmError,
  type CrmPipeline,
  type CrmProbe,
  type DealOutcome,
} from "../../../domain/crm_adapter.ts";
import { asList, asMap, asText } from "../loose.ts";
import type { Bitrix24Client } from "./client.ts";
import { createClientRecord, findClientRecords } from "./clients.ts";
import { attachFile, createDealRecord, findDealRecord, writeDealRecord } from "./deals.ts";
import { ENTITY_TYPES, readClient, readDeal } from "./records.ts";
import { countRecords, createScan } from "./scan.ts";
import { createBitrix24Webhook } from "./webhook.ts";

const NEEDED_SCOPE = "crm";

/** Bitrix24 by an inbound webhook: crm.item.* and its product rows. */
export function createBitrix24Adapter(options: {
  readonly client: Bitrix24Client;
  /** As the form of the outgoing webhook shows it; null: not told yet, nothing is genuine. */
  readonly applicationToken: string | null;
  readonly memberId: string | null;
}): CrmAdapter {
  const { client } = options;
  return {
    abilities: { lines: "native", tellsDeletions: false, canRead: true },
    probe: (signal) => probe(client, signal),
    pipelines: (signal) => listPipelines(client, signal),
    pull: createScan(client),
    count: (signal) => countRecords(client, signal),
    async read({ entity, id }, signal) {
      try {
        const params = { entityTypeId: ENTITY_TYPES[entity], id: Number(id) };
        const result = await client.call("crm.item.get", params, { signal, isWrite: false });
        const { item } = asMap(result);
        return entity === "deal" ? readDeal(item) : readClient(entity, item);
      } catch (error) {
        if (error instanceof CrmError && error.failure.kind === "missing") return null;
        throw error;
      }
    },
    findClients: (person, signal) => findClientRecords(client, person, signal),
    createClient: (person, signal) => createClientRecord(client, person, signal),
    findDeal: (key, signal) => findDealRecord(client, key, signal),
    createDeal: (deal, signal) => createDealRecord(client, deal, signal),
    writeDeal: (ref, deal, signal) => writeDealRecord(client, ref, deal, signal),
    attach: (ref, file, signal) => attachFile(client, ref, file, signal),
    keepWebhook: async () =>
      options.applicationToken === null
        ? "Битрикс24 не сообщает об изменениях сразу, мы узнаём о них раз в час. Создайте в Битрикс24 исходящий вебхук на наш адрес и пришлите его токен."
        : null,
    webhook: createBitrix24Webhook(options),
  };
}

async function probe(client: Bitrix24Client, signal: AbortSignal): Promise<CrmProbe> {
  const read = { signal, isWrite: false };
  const scopes = asList(await client.call("scope", {}, read)).map(asText);
  if (!scopes.includes(NEEDED_SCOPE)) {
    return {
      accountId: null,
      currency: "RUB",
      timezone: null,
      problems: [
        "У вебхука нет права «CRM (crm)». Откройте вебхук в Битрикс24, отметьте право «CRM» и сохраните.",
      ],
      warnings: [],
      remembered: {},
    };
  }
  const currencies = asList(await client.call("crm.currency.list", {}, read)).map(asMap);
  const codes = new Set(currencies.map((one) => asText(one["CURRENCY"])));
  const base = currencies.find((one) => one["BASE"] === "Y");
  const isKeyed = await canFilterByKey(client, signal);
  const clock = asText(await client.call("server.time", {}, read));
  return {
    accountId: null,
    currency: codes.has("RUB") ? "RUB" : asText(base?.["CURRENCY"]),
    timezone: /([+-]\d\d:\d\d)$/.exec(clock)?.[1] ?? null,
    problems: codes.has("RUB")
      ? []
      : ["В Битрикс24 нет валюты «Рубль (RUB)». Добавьте её: CRM → Настройки → Валюты."],
    warnings: isKeyed
      ? []
      : ["Портал не ищет по внешнему ключу: перед созданием сделки мы просматриваем последние."],
    remembered: {},
  };
}

async function canFilterByKey(client: Bitrix24Client, signal: AbortSignal): Promise<boolean> {
  try {
    await findDealRecord(client, "00000000-0000-7000-8000-000000000000", signal, "filterOnly");
    return true;
  } catch (error) {
    if (error instanceof CrmError && error.failure.kind === "invalid") return false;
    throw error;
  }
}

async function listPipelines(
  client: Bitrix24Client,
  signal: AbortSignal,
): Promise<readonly CrmPipeline[]> {
  const read = { signal, isWrite: false };
  const listed = asMap(await client.call("crm.category.list", { entityTypeId: 2 }, read));
  const pipelines: CrmPipeline[] = [];
  for (const category of asList(listed["categories"]).map(asMap)) {
    const id = asText(category["id"]);
    const entityId = id === "0" ? "DEAL_STAGE" : `DEAL_STAGE_${id}`;
    const stages = asList(
      await client.call("crm.status.list", { filter: { ENTITY_ID: entityId } }, read),
    ).map(asMap);
    pipelines.push({
      id,
      name: asText(category["name"]),
      stages: stages.map((stage) => ({
        id: stageId(id, asText(stage["STATUS_ID"])),
        name: asText(stage["NAME"]),
        outcome: OUTCOMES[asText(stage["SEMANTICS"])] ?? "open",
      })),
    });
  }
  return pipelines;
}

const OUTCOMES: Readonly<Record<string, DealOutcome>> = { S: "won", F: "lost" };

/** Deals of pipeline 7 carry `C7:NEW`; some portals list it as `NEW`. */
function stageId(categoryId: string, statusId: string): string {
  return categoryId === "0" || statusId.includes(":") ? statusId : `C${categoryId}:${statusId}`;
}
