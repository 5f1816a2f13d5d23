import type { DealLine, DealPush, RemoteRef } from "../../../domain/crm_adapter.ts";
import { cutText } from "../../../domain/text.ts";
import { asList, asMap, asText, type Fields } from "../loose.ts";
import type { Bitrix24Client } from "./client.ts";
import { CrmError } from "../../../domain/crm_adapter.ts";

const LONGEST_NAME = 250;

/**
 * Sets the product rows unless they are there already; `set` replaces all of them, so repeating it
 * doubles none. Units that the portal does not know go into the names. Returns what still differs.
 */
export async function writeRows(
  client: Bitrix24Client,
  ref: RemoteRef,
  deal: DealPush,
  signal: AbortSignal,
): Promise<string | null> {
  const present = await listRows(client, ref, signal);
  if (difference(present, deal, "coded") === null || difference(present, deal, "named") === null) {
    return null;
  }
  const coded = await trySet(client, ref, deal, "coded", signal);
  if (coded && difference(coded, deal, "coded") === null) return null;
  const named = await trySet(client, ref, deal, "named", signal);
  return named ? difference(named, deal, "named") : "CRM не приняла строки сметы";
}

/** `coded`: units by ОКЕИ; `named`: units behind the names, for portals that lack them. */
type UnitStyle = "coded" | "named";

function rowOf(line: DealLine, deal: DealPush, style: UnitStyle, index: number): Fields {
  const tax = deal.vatPercent === null ? {} : { taxRate: deal.vatPercent };
  return {
    productName: nameOf(line, style),
    price: Number(line.price),
    quantity: Number(line.quantity),
    taxIncluded: "Y",
    sort: (index + 1) * 10,
    ...tax,
    ...(style === "coded" && line.unitCode !== null ? { measureCode: line.unitCode } : {}),
  };
}

function nameOf({ name, unit, unitCode }: DealLine, style: UnitStyle): string {
  if (unit === "" || (style === "coded" && unitCode !== null)) return cutText(name, LONGEST_NAME);
  return `${cutText(name, LONGEST_NAME - unit.length - 2)}, ${unit}`;
}

/** Null: refused. An empty list is never sent: it would be read as nothing, or empty the deal. */
async function trySet(
  client: Bitrix24Client,
  ref: RemoteRef,
  deal: DealPush,
  style: UnitStyle,
  signal: AbortSignal,
): Promise<readonly Fields[] | null> {
  if (deal.lines.length === 0) return [];
  const productRows = deal.lines.map((line, index) => rowOf(line, deal, style, index));
  try {
    await client.call(
      "crm.item.productrow.set",
      { ownerType: "D", ownerId: Number(ref.id), productRows },
      { signal, isWrite: true },
    );
  } catch (error) {
    if (error instanceof CrmError && error.failure.kind === "invalid") return null;
    throw error;
  }
  return listRows(client, ref, signal);
}

async function listRows(
  client: Bitrix24Client,
  ref: RemoteRef,
  signal: AbortSignal,
): Promise<readonly Fields[]> {
  const rows: Fields[] = [];
  for (let start = 0; ; start += 50) {
    const filter = { "=ownerType": "D", "=ownerId": Number(ref.id) };
    const params = { filter, order: { id: "ASC" }, start };
    const result = await client.call("crm.item.productrow.list", params, {
      signal,
      isWrite: false,
    });
    const page = asList(asMap(result)["productRows"]).map(asMap);
    rows.push(...page);
    if (page.length < 50) return rows;
  }
}

function difference(rows: readonly Fields[], deal: DealPush, style: UnitStyle): string | null {
  if (rows.length !== deal.lines.length) {
    return `в CRM строк ${rows.length}, в смете ${deal.lines.length}`;
  }
  const wrong = deal.lines.findIndex((line, index) => {
    const row = rows[index] ?? {};
    const isSame =
      asText(row["productName"]).trim() === nameOf(line, style).trim() &&
      Number(row["price"]) === Number(line.price) &&
      Number(row["quantity"]) === Number(line.quantity);
    const hasUnit =
      style === "named" || line.unitCode === null || Number(row["measureCode"]) === line.unitCode;
    return !isSame || !hasUnit;
  });
  return wrong === -1 ? null : `строка ${wrong + 1} в CRM отличается от сметы`;
}
