/** Why a file could not be read as a table. */
export type TableProblem =
  | "empty"
  | "too_large"
  | "too_many_rows"
  | "too_many_columns"
  | "too_heavy"
  | "bomb"
  | "broken"
  | "encrypted"
  | "old_excel"
  | "binary_excel"
  | "open_document"
  | "word"
  | "pdf"
  | "picture"
  | "web_page"
  | "not_a_table"
  | "busy";

export const TABLE_LIMITS = {
  /** Bytes of the file; Telegram gives bots no more. */
  fileSize: 20_000_000,
  rows: 20_000,
  columns: 100,
  /** Bytes of the parts that are read, unpacked. */
  unpackedSize: 64_000_000,
  /** Bytes of all parts, pictures included. */
  archiveSize: 256_000_000,
  archiveEntries: 2_000,
  /** Real sheets shrink 10 to 100 times. */
  archiveRatio: 300,
} as const;

const SAVE_AS_XLSX = "Откройте её в Excel, сохраните как «Книга Excel (.xlsx)» и пришлите снова.";

const MESSAGES: Readonly<Record<TableProblem, string>> = {
  empty: "В файле нет ни одной заполненной строки. Проверьте, тот ли это файл.",
  too_large: "Файл больше 20 МБ. Уберите из него картинки и лишние листы и пришлите снова.",
  too_many_rows:
    "В таблице больше 20 000 строк. Разделите её на несколько файлов и пришлите по одному.",
  too_many_columns: "В таблице больше 100 столбцов. Оставьте только нужные и пришлите снова.",
  too_heavy:
    "Таблица слишком сложная, прочитать её не получилось. Скопируйте нужные строки в новый файл и пришлите его.",
  bomb: "Файл устроен небезопасно: после распаковки он слишком велик. Скопируйте нужные строки в новый файл и пришлите его.",
  broken:
    "Файл повреждён, прочитать его не получилось. Откройте его в Excel, сохраните заново и пришлите снова.",
  encrypted: "Файл защищён паролем. Снимите пароль и пришлите снова.",
  old_excel: `Это таблица старого формата .xls. ${SAVE_AS_XLSX}`,
  binary_excel: `Это таблица формата .xlsb. ${SAVE_AS_XLSX}`,
  open_document: `Это таблица формата .ods или другого. ${SAVE_AS_XLSX}`,
  word: "Это документ Word. Скопируйте из него строки и пришлите текстом или в таблице Excel.",
  pdf: "Это PDF, таблицу из него прочитать нельзя. Пришлите таблицу Excel или строки текстом.",
  picture: "Это картинка. Пришлите таблицу Excel или строки текстом.",
  web_page: `Это веб-страница, хотя называется таблицей. ${SAVE_AS_XLSX}`,
  not_a_table: "Это не таблица. Пришлите файл .xlsx или .csv, или строки текстом.",
  busy: "Сейчас читается много файлов. Пришлите этот ещё раз через минуту.",
};

/** What happened and what to do, in Russian. */
export function explainTableProblem(problem: TableProblem): string {
  return MESSAGES[problem];
}

/** Thrown inside a reading, and only there: the door gives it back as a result. */
export class TableError extends Error {
  readonly problem: TableProblem;

  constructor(problem: TableProblem, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "TableError";
    this.problem = problem;
  }
}
