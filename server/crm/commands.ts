import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findCompanyOfConnection, listCrmCompanies } from "../../db/crm_connections.ts";
import { listMembers } from "../../db/memberships.ts";
import type { Actor } from "../../domain/access.ts";
import { type CrmAccess, type CrmConnection, CRM_NAMES } from "../../domain/crm.ts";
import { CrmError, STOP_SENTENCES } from "../../domain/crm_adapter.ts";
import { AppError } from "../../domain/errors.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import type { AsActor } from "../services/work.ts";
import { connectCrm } from "./connecting.ts";
import type { Crm } from "./crm.ts";
import { syncConnection } from "./syncing.ts";

export const CRM_USAGE = `
npm run crm -- connect bitrix24 --company <id> --url <адрес входящего вебхука> [--application-token <токен>]
npm run crm -- connect amocrm --company <id> --domain <name.amocrm.ru> --token <долгосрочный токен>
npm run crm -- connect webhook --company <id> --url <адрес>
npm run crm -- sync --company <id> [--full]
npm run crm -- status [--company <id>] [--json]
npm run crm -- disconnect --connection <id>
`.trim();

export type CrmCommand =
  | { readonly name: "connect"; readonly companyId: Id; readonly access: CrmAccess }
  | { readonly name: "sync"; readonly companyId: Id; readonly isFull: boolean }
  | { readonly name: "status"; readonly companyId: Id | null; readonly isJson: boolean }
  | { readonly name: "disconnect"; readonly connectionId: Id };

/** Throws `AppError` with `details.usage` for what is no command. */
export function readCommand(argv: readonly string[]): CrmCommand {
  const { positionals, values } = parse(argv);
  const need = (name: keyof typeof values): string => {
    const value = values[name];
    if (typeof value === "string" && value !== "") return value;
    throw misused(`Не указано: --${name}.`);
  };
  const id = (name: "company" | "connection"): Id => {
    const value = need(name);
    if (idSchema.safeParse(value).success) return value;
    throw misused(`--${name} — не идентификатор. Список: npm run crm -- status`);
  };
  const [name, kind] = positionals;
  switch (name) {
    case "connect":
      return { name, companyId: id("company"), access: readAccess(kind, need, values) };
    case "sync":
      return { name, companyId: id("company"), isFull: values.full === true };
    case "status":
      return {
        name,
        companyId: values.company === undefined ? null : id("company"),
        isJson: values.json === true,
      };
    case "disconnect":
      return { name, connectionId: id("connection") };
    default:
      throw misused("Такой команды нет.");
  }
}

function parse(argv: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        company: text,
        connection: text,
        url: text,
        domain: text,
        token: text,
        "application-token": text,
        full: flag,
        json: flag,
      },
    });
  } catch (cause) {
    throw misused("Не получилось прочитать параметры.", cause);
  }
}

function readAccess(
  kind: string | undefined,
  need: (name: "url" | "domain" | "token") => string,
  values: { readonly "application-token"?: string | undefined },
): CrmAccess {
  switch (kind) {
    case "bitrix24":
      return { kind, url: need("url"), applicationToken: values["application-token"] ?? null };
    case "amocrm":
      return { kind, domain: need("domain"), token: need("token") };
    case "webhook":
      return { kind, url: need("url") };
    default:
      throw misused("Укажите CRM: bitrix24, amocrm или webhook.");
  }
}

function misused(message: string, cause?: unknown): AppError {
  return new AppError("invalid", message, { cause, details: { usage: true } });
}

export interface CommandParts {
  readonly crm: Crm;
  readonly sql: Sql;
  readonly asActor: AsActor;
  /** One line for the person or the script at the terminal. */
  readonly say: (line: string) => void;
}

/** Acts as the owner of the company: whoever may start programs here may do all of it anyway. */
export async function runCommand(parts: CommandParts, command: CrmCommand): Promise<void> {
  switch (command.name) {
    case "connect":
      return connectNew(parts, command.companyId, command.access);
    case "sync":
      return syncCompany(parts, command.companyId, command.isFull);
    case "status":
      return showStatus(parts, command);
    case "disconnect":
      return disconnect(parts, command.connectionId);
    default:
      return command satisfies never;
  }
}

const never = new AbortController().signal;

async function connectNew(parts: CommandParts, companyId: Id, access: CrmAccess): Promise<void> {
  const actor = await findOwner(parts.sql, companyId);
  if (!actor) {
    await demandCompany(parts.sql, companyId);
    throw new AppError(
      "conflict",
      "У компании нет владельца, подключать CRM некому. Назначьте его.",
    );
  }
  const connected = await connectCrm(parts.crm.dependencies, actor, access, never);
  parts.say(`${CRM_NAMES[access.kind]} подключена: ${connected.account}`);
  parts.say(`компания: ${companyId}`);
  parts.say(`подключение: ${connected.connectionId}`);
  parts.say(`адрес для вебхука: ${connected.webhookUrl ?? "нет"}`);
  if (connected.signingKey) parts.say(`ключ подписи: ${connected.signingKey}`);
  for (const warning of connected.warnings) parts.say(`внимание: ${warning}`);
}

const BUSY_PAUSE = 1000; // ms

async function syncCompany(parts: CommandParts, companyId: Id, isFull: boolean): Promise<void> {
  await demandCompany(parts.sql, companyId);
  const connections = await listConnections(parts, companyId);
  if (connections.length === 0) throw new AppError("not_found", "У компании нет подключённой CRM.");
  for (const { id, account } of connections) {
    parts.say(`${account}: загрузка началась`);
    const total = await syncToTheEnd(parts, { companyId, connectionId: id, isFull });
    parts.say(`${account}: готово, заказчиков ${total.clients}, сделок ${total.deals}`);
  }
}

/** Waits out the limits of the CRM and whoever scans it right now. */
async function syncToTheEnd(
  { crm, say }: CommandParts,
  request: { companyId: Id; connectionId: Id; isFull: boolean },
): Promise<{ clients: number; deals: number }> {
  const onPage = (progress: { clients: number; deals: number }): void =>
    say(`  заказчиков ${progress.clients}, сделок ${progress.deals}`);
  let isFull = request.isFull;
  for (;;) {
    try {
      const again = { ...request, isFull, signal: never, onPage };
      const outcome = await syncConnection(crm.dependencies, again);
      if (outcome.outcome === "done") return outcome;
      if (outcome.outcome === "off") {
        throw new AppError("conflict", "Подключение остановлено. Почему: npm run crm -- status");
      }
      await sleep(BUSY_PAUSE);
    } catch (error) {
      const { failure } = error instanceof CrmError ? error : { failure: null };
      if (failure?.kind === "stopped")
        throw new AppError("conflict", STOP_SENTENCES[failure.reason]);
      if (failure?.kind !== "rate") throw error;
      say("  CRM просит подождать");
      await sleep(
        Math.max(BUSY_PAUSE, failure.retryAt.getTime() - crm.dependencies.clock().getTime()),
      );
    }
    isFull = false;
  }
}

const MANY = 1000;

async function showStatus(
  parts: CommandParts,
  { companyId, isJson }: { companyId: Id | null; isJson: boolean },
): Promise<void> {
  const companies =
    companyId === null
      ? await listCrmCompanies(parts.sql, MANY)
      : [await demandCompany(parts.sql, companyId)];
  const shown: { companyId: Id; name: string; connections: readonly CrmConnection[] }[] = [];
  for (const company of companies) {
    shown.push({ ...company, connections: await listConnections(parts, company.companyId) });
  }
  if (isJson) {
    parts.say(JSON.stringify(shown, null, 2));
    return;
  }
  for (const { companyId: id, name, connections } of shown) {
    parts.say(`компания: ${id} ${name}`);
    for (const connection of connections) describe(parts, connection);
  }
}

function describe({ say }: CommandParts, connection: CrmConnection): void {
  const { id, kind, account, state, problem, webhookUrl, sync } = connection;
  say(`  подключение: ${id} ${CRM_NAMES[kind]} ${account}, ${STATES[state]}`);
  say(`    адрес для вебхука: ${webhookUrl ?? "нет"}`);
  if (problem) say(`    внимание: ${problem}`);
  if (sync) {
    const when = connection.lastSyncAt?.toISOString() ?? "ещё нет";
    say(`    загрузка: ${when}, заказчиков ${sync.clients}, сделок ${sync.deals}`);
  }
}

const STATES = { active: "работает", stopped: "остановлено" } as const;

async function disconnect(parts: CommandParts, connectionId: Id): Promise<void> {
  const companyId = await findCompanyOfConnection(parts.sql, connectionId);
  if (!companyId) throw new AppError("not_found", "Такого подключения нет.");
  const actor = (await findOwner(parts.sql, companyId)) ?? ownerless(companyId);
  await parts.asActor(actor, ({ crm }) => crm.disconnect(connectionId));
  parts.say("CRM отключена. Загруженные заказчики остались.");
}

async function listConnections(
  { sql, asActor }: CommandParts,
  companyId: Id,
): Promise<readonly CrmConnection[]> {
  const actor = (await findOwner(sql, companyId)) ?? ownerless(companyId);
  return asActor(actor, ({ crm }) => crm.connections());
}

async function findOwner(sql: Sql, companyId: Id): Promise<Actor | null> {
  const members = await tenantTransaction(sql, companyId, (tx) => listMembers(tx, companyId, 100));
  const owner = members.find(({ role }) => role === "owner");
  return owner ? { companyId, userId: owner.userId, role: "owner" } : null;
}

/** A company whose owner is gone must be seen, and its CRM be let go, all the same. */
function ownerless(companyId: Id): Actor {
  return { companyId, userId: "00000000-0000-0000-0000-000000000000", role: "owner" };
}

async function demandCompany(sql: Sql, companyId: Id): Promise<{ companyId: Id; name: string }> {
  const [company] = await listCrmCompanies(sql, 1, companyId);
  if (!company)
    throw new AppError("not_found", "Такой компании нет. Список: npm run crm -- status");
  return company;
}
