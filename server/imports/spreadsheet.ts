import { AppError, type ErrorCode } from "../../domain/errors.ts";
import type { ColumnMapping, ListService } from "../../domain/services.ts";
import type { ColumnGuess } from "./columns.ts";
import type { TableProblem } from "./table_problems.ts";

/** Columns that a program names, from 0; without `name` it names none. */
export type NamedColumns = {
  readonly [Name in keyof ColumnMapping]?: ColumnMapping[Name] | undefined;
};

/** Null: neither named, nor remembered, nor clear from the table itself. */
export async function chooseColumns(
  lists: ListService,
  guess: ColumnGuess,
  named: NamedColumns,
): Promise<ColumnMapping | null> {
  const { name, ...others } = named;
  if (name === undefined) {
    if (Object.values(others).some((column) => column !== undefined)) throw nameMissing();
    const remembered = await lists.rememberedMapping(guess.headerKey);
    return remembered ?? (guess.isSure ? guess.mapping : null);
  }
  const mapping: ColumnMapping = {
    name,
    unit: named.unit ?? null,
    quantity: named.quantity ?? null,
    price: named.price ?? null,
    sum: named.sum ?? null,
    code: named.code ?? null,
    skipRows: named.skipRows ?? guess.mapping?.skipRows ?? 0,
  };
  await lists.rememberMapping(guess.headerKey, mapping);
  return mapping;
}

/** The refusal of a file as the API gives it. */
export function tableError(code: TableProblem, problem: string): AppError {
  if (code === "busy") return new AppError("unavailable", problem);
  const codes: Partial<Record<TableProblem, ErrorCode>> = {
    too_large: "limit",
    too_many_rows: "limit",
    too_many_columns: "limit",
    too_heavy: "limit",
    bomb: "limit",
  };
  return new AppError(codes[code] ?? "invalid", problem);
}

function nameMissing(): AppError {
  return new AppError("invalid", "Укажите и столбец с названиями: параметр name, счёт с нуля.");
}
