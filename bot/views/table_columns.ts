import type { Id } from "../../domain/ids.ts";
import type { ColumnMapping } from "../../domain/services.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { COLUMN_ROLES, type ColumnRole } from "../choices.ts";
import { rich, join } from "../html.ts";
import { inPairs } from "../keyboards.ts";
import type { View } from "../messages.ts";
import type { ColumnGuess } from "../tables.ts";
import { BACK, CANCEL } from "../texts_common.ts";
import { ROLE_NAMES, TABLES } from "../texts_tables.ts";

/** Telegram takes at most 100 buttons; nobody has more columns that matter. */
const SHOWN_COLUMNS = 40;

interface Columns {
  readonly listId: Id;
  readonly mapping: ColumnMapping;
  readonly guess: ColumnGuess;
  /** The first row of data, to recognise the columns by. */
  readonly sample: readonly string[];
}

export function columnsView({ listId, mapping, guess, sample }: Columns): View {
  const roles = COLUMN_ROLES.map((role) => {
    const index = mapping[role];
    const example = index === null ? "" : (sample[index] ?? "");
    const name = index === null ? TABLES.none : columnName(guess, index);
    return rich`<b>${ROLE_NAMES[role]}</b>: ${name}${example === "" ? "" : ` (${cutText(example, 60)})`}`;
  });
  return {
    text: join([TABLES.check, ...roles]),
    rows: [
      ...inPairs(
        COLUMN_ROLES.map((role) => actions.columnRole.button(ROLE_NAMES[role], listId, role)),
      ),
      [actions.columnsDone.button(TABLES.done, listId), actions.listDrop.button(CANCEL, listId)],
    ],
  };
}

export function columnChoiceView(
  { listId, guess, sample }: Omit<Columns, "mapping">,
  role: ColumnRole,
): View {
  const count = Math.min(SHOWN_COLUMNS, Math.max(guess.columnNames.length, sample.length));
  const columns = Array.from({ length: count }, (_, index) =>
    actions.columnPick.button(columnName(guess, index), listId, role, index),
  );
  const none =
    role === "name" ? [] : [actions.columnPick.button(TABLES.noColumn, listId, role, null)];
  return {
    text: TABLES.choose(ROLE_NAMES[role].toLowerCase()),
    rows: [...inPairs(columns), [...none, actions.columns.button(BACK, listId)]],
  };
}

/** «B: Наименование работ» */
function columnName(guess: ColumnGuess, index: number): string {
  const letter = index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
  const name = (guess.columnNames[index] ?? "").trim();
  return name === "" ? letter : `${letter}: ${cutText(name, 30)}`;
}
