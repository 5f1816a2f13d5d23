import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { isId } from "../../domain/ids.ts";
import type { ListService } from "../../domain/services.ts";
import {
  columnMappingSchema,
  findColumnMapping,
  findKeptList,
  insertKeptList,
  keptListInsertion,
  putColumnMapping,
  setKeptListMapping,
} from "../../db/kept_lists.ts";
import { byId, readInput } from "./input.ts";
import { demand, type Scope } from "./scope.ts";

/** In UTF-16 units: 10 000 rows of a wide table. */
const MAX_TEXT = 5_000_000;

const NAMES = { fileName: "Имя файла", mapping: "Столбцы" };

// Not trimmed: a tab at an end is an empty cell.
const textSchema = z
  .string()
  .overwrite((text) => text.toWellFormed().replaceAll("\0", ""))
  .refine((text) => text.trim() !== "");

const listSchema = z.strictObject({
  text: textSchema,
  fileName: z.string().max(300).nullable(),
  mapping: columnMappingSchema.nullable(),
});

type KeptList = z.output<typeof listSchema>;

/** A list is its sender's: nobody else in the company reads or maps it. */
export function createListService(scope: Scope): ListService {
  const { tx, actor, writeLate } = scope;
  /** What was kept a moment ago is usually read at once, to show it; its row may be written later. */
  const justKept = new Map<string, KeptList>();
  return {
    keep: async (list) => {
      demand(scope, "estimate.create");
      if (list.text.length > MAX_TEXT) throw tooLong();
      const kept = readInput(listSchema, list, NAMES);
      const id = scope.newId();
      justKept.set(id, kept);
      const row = () => ({ ...(justKept.get(id) ?? kept), id, userId: actor.userId });
      if (writeLate) writeLate(() => keptListInsertion(actor.companyId, row()));
      else await insertKeptList(tx, actor.companyId, row());
      return id;
    },
    read: async (id) => {
      demand(scope, "estimate.create");
      const kept = justKept.get(id);
      if (kept) return kept;
      const list = await byId(id, () => findKeptList(tx, actor.companyId, actor.userId, id));
      if (!list) throw listNotFound();
      return list;
    },
    setMapping: async (id, mapping) => {
      demand(scope, "estimate.create");
      const checked = readInput(columnMappingSchema, mapping, NAMES);
      const kept = justKept.get(id);
      if (kept) justKept.set(id, { ...kept, mapping: checked });
      // Its row is written with the mapping.
      if (kept && writeLate) return;
      const isThere =
        isId(id) && (await setKeptListMapping(tx, actor.companyId, actor.userId, id, checked));
      if (!isThere) throw listNotFound();
    },
    rememberedMapping: async (headerKey) => {
      demand(scope, "estimate.create");
      return findColumnMapping(tx, actor.companyId, shortKey(headerKey));
    },
    rememberMapping: async (headerKey, mapping) => {
      demand(scope, "estimate.create");
      const checked = readInput(columnMappingSchema, mapping, NAMES);
      await putColumnMapping(tx, actor.companyId, shortKey(headerKey), checked);
    },
  };
}

/** A header row may be longer than an index entry can be. */
function shortKey(headerKey: string): string {
  return createHash("sha256").update(headerKey).digest("base64url");
}

function listNotFound(): AppError {
  return new AppError(
    "not_found",
    "Этот список не найден: он хранится 30 дней. Пришлите его, пожалуйста, ещё раз.",
  );
}

function tooLong(): AppError {
  return new AppError(
    "limit",
    "Список слишком большой. Разделите его на части и пришлите по одной.",
  );
}
