import type { Logger } from "pino";
import { STATUS_NAMES } from "../../domain/estimate/status.ts";
import { formatMoney } from "../../domain/money.ts";
import type { Id } from "../../domain/ids.ts";
import type { Sql } from "../../db/client.ts";
import { allowLongTransaction } from "../../db/pools.ts";
import { readTenant, tenantTransaction } from "../../db/transactions.ts";
import { findListExport, updateListExport } from "../../db/list_exports.ts";
import {
  countEstimateReports,
  type EstimateReport,
  listEstimateReports,
} from "../../db/report_estimates.ts";
import type { ListCell, ListRenderer } from "../documents/list_renderer.ts";
import { formatDate, readEstimateFilter } from "../manager/estimates.ts";
import { findIds } from "../services/search.ts";
import type { Handlers } from "./queues.ts";

const PAGE = 1000;
/** More than a sheet that a person reads; a memory that a list must not eat. */
const MOST_ROWS = 100_000;

const COLUMNS = [
  { title: "Номер", width: 16 },
  { title: "Дата", width: 12 },
  { title: "Состояние", width: 18 },
  { title: "Объект", width: 32 },
  { title: "Название", width: 32 },
  { title: "Заказчик", width: 28 },
  { title: "Прораб", width: 24 },
  { title: "Строк", width: 8 },
  { title: "Сумма, ₽", width: 16 },
];

/** Writes a list of estimates into a file, page by page, and says how far it is. */
export function createManagerExport({
  sql,
  renderer,
  log,
}: {
  readonly sql: Sql;
  readonly renderer: ListRenderer;
  readonly log: Logger;
}): Handlers["manager.export"] {
  return async ({ companyId, exportId }, { isLastAttempt }) => {
    const order = await tenantTransaction(sql, companyId, (tx) =>
      findListExport(tx, companyId, exportId),
    );
    if (!order || order.status !== "ordered") return;
    const note = (change: Parameters<typeof updateListExport>[3]) =>
      tenantTransaction(sql, companyId, (tx) => updateListExport(tx, companyId, exportId, change));
    try {
      const rows = await readRows(order.filter, companyId, (done, total) =>
        note({ status: "ordered", done, total }),
      );
      const { format } = order;
      const bytes = await renderer.render({ name: "Сметы", format, columns: COLUMNS, rows });
      await note({ status: "ready", done: rows.length, total: rows.length, bytes });
    } catch (error) {
      log.warn({ companyId, exportId, err: error }, "list was not exported");
      if (isLastAttempt) await note({ status: "failed", done: 0, total: 0 });
      throw error;
    }
  };

  /** All of it as of one moment. */
  function readRows(
    filter: Readonly<Record<string, string>>,
    companyId: Id,
    onProgress: (done: number, total: number) => Promise<void>,
  ): Promise<ListCell[][]> {
    const { text, ...narrowed } = readEstimateFilter(filter);
    return readTenant(sql, companyId, async (tx) => {
      await allowLongTransaction(tx);
      const { ids } = await findIds({ tx, companyId, readerId: null }, { text, kind: "estimate" });
      const all = { ...narrowed, ids, after: null, limit: PAGE };
      const { count } = await countEstimateReports(tx, companyId, all);
      const total = Math.min(count, MOST_ROWS);
      const rows: ListCell[][] = [];
      let last: EstimateReport | undefined;
      while (rows.length < total) {
        const page = { ...all, after: last ?? null };
        const found = (await listEstimateReports(tx, companyId, page)).slice(0, PAGE);
        last = found.at(-1);
        if (!last) break;
        rows.push(...found.map(cellsOf));
        await onProgress(Math.min(rows.length, total), total);
      }
      return rows.slice(0, total);
    });
  }
}

function cellsOf(row: EstimateReport): ListCell[] {
  return [
    row.number,
    formatDate(row.date),
    STATUS_NAMES[row.status],
    row.projectTitle ?? "",
    row.title,
    row.clientName ?? "",
    row.foremanName,
    { figure: String(row.lineCount) },
    { figure: formatMoney(row.total) },
  ];
}
