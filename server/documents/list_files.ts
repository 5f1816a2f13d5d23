import writeExcelFile from "write-excel-file/node";
import type { ListCell, ListTable } from "./list_renderer.ts";

export async function writeList(table: ListTable): Promise<Uint8Array> {
  return table.format === "csv" ? writeCsv(table) : writeXlsx(table);
}

/** As Excel in Russia opens it by a double click: semicolons, decimal commas, UTF-8 with a mark. */
function writeCsv({ columns, rows }: ListTable): Uint8Array {
  const head = columns.map(({ title }) => quote(title)).join(";");
  const lines = rows.map((row) => row.map(writeCell).join(";"));
  return new TextEncoder().encode(`\uFEFF${[head, ...lines].join("\r\n")}\r\n`);
}

function writeCell(cell: ListCell): string {
  if (typeof cell !== "string") return cell.figure.replace(".", ",");
  // A spreadsheet would run it as a formula.
  return quote(/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

async function writeXlsx({ name, columns, rows }: ListTable): Promise<Uint8Array> {
  const head = columns.map(({ title }) => ({ value: title, fontWeight: "bold" as const }));
  const body = rows.map((row) =>
    row.map((cell) =>
      typeof cell === "string"
        ? { value: cell, type: String }
        : { value: Number(cell.figure), type: Number, format: "#,##0.##" },
    ),
  );
  const buffer = await writeExcelFile(
    [head, ...body],
    {
      sheet: name,
      columns: columns.map(({ width }) => ({ width })),
      stickyRowsCount: 1,
    },
    { fontFamily: "Arial", fontSize: 10 },
  ).toBuffer();
  return new Uint8Array(buffer);
}
