import { z } from "zod";

/**
 * A backup is one gzip stream of lines. First the head, then for each table a line that names it, its rows
 * as `copy … to stdout` gives them and `\.`, and at the very end the number of tables. Text of PostgreSQL,
 * so that any version restores it, and without a program of PostgreSQL's own.
 */
export const backupHead = z.strictObject({
  format: z.literal("smetka backup"),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  /** Names of the migrations that made the tables, in order. */
  migrations: z.array(z.string()).nonempty(),
});

export type BackupHead = z.infer<typeof backupHead>;

export const backupTable = z.strictObject({
  schema: z.enum(["public", "pgboss"]),
  table: z.string(),
  columns: z.array(z.string()).nonempty(),
  /** Of identity columns and serials: the last value given out. */
  sequences: z.record(z.string(), z.string()),
  /** Months and the like of a partitioned table: name → "FOR VALUES …". */
  partitions: z.record(z.string(), z.string()),
});

export type BackupTable = z.infer<typeof backupTable>;

/** Without it the file was cut off. */
export const backupEnd = z.strictObject({ end: z.int() });

/** Ends the rows of a table; no row looks like it, as `copy` doubles backslashes. */
export const ROWS_END = "\\.";
