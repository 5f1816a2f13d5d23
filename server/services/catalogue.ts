import { z } from "zod";
import { catalogueFieldsSchema } from "../../domain/catalogue.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import type { CatalogueItem, CatalogueService } from "../../domain/services.ts";
import {
  findCatalogueItem,
  insertCatalogueItem,
  listCatalogueItems,
  updateCatalogueItem,
} from "../../db/catalogue.ts";
import { importCatalogueItems } from "../../db/catalogue_import.ts";
import { suggestPrices } from "../../db/catalogue_prices.ts";
import { byId, readInput } from "./input.ts";
import { idCursor, makePage, readIdCursor, readPageRequest } from "./paging.ts";
import { demand, type Scope } from "./scope.ts";

/** One statement writes them all; twice this many still take under half of its time limit. */
const MAX_IMPORT = 50_000;

const NAMES = {
  kind: "Вид",
  name: "Название",
  unit: "Единица",
  price: "Цена",
  cost: "Себестоимость",
  code: "Шифр",
  section: "Раздел",
};

const fieldsSchema = catalogueFieldsSchema.partial();
const itemsSchema = z.array(catalogueFieldsSchema);

export function createCatalogueService(scope: Scope): CatalogueService {
  const { tx, actor } = scope;
  return {
    list: async (request) => {
      demand(scope, "catalogue.read");
      const { words, cursor, limit } = readPageRequest(request);
      const after = readIdCursor(cursor);
      const rows = await listCatalogueItems(tx, actor.companyId, { words, after, limit });
      return makePage(rows, limit, { item: (row) => row, place: idCursor });
    },
    create: async (fields) => {
      demand(scope, "catalogue.edit");
      const item = readInput(catalogueFieldsSchema, fields, NAMES);
      const added = await insertCatalogueItem(tx, actor.companyId, { ...item, id: scope.newId() });
      if (!added) throw alreadyThere();
      return added;
    },
    set: async (id, fields) => {
      demand(scope, "catalogue.edit");
      const changed = readInput(fieldsSchema, fields, NAMES);
      await readItem(scope, id);
      const item = await updateCatalogueItem(tx, actor.companyId, id, changed);
      if (!item) throw alreadyThere();
      return item;
    },
    importItems: async (items) => {
      demand(scope, "catalogue.edit");
      if (items.length > MAX_IMPORT) throw tooMany();
      const checked = readInput(itemsSchema, [...items], NAMES);
      const { added, updated } = await importCatalogueItems(
        tx,
        actor.companyId,
        checked,
        scope.newId,
      );
      return { added, updated };
    },
    suggestPrices: async (wanted) => {
      demand(scope, "catalogue.read");
      return suggestPrices(tx, actor.companyId, wanted);
    },
  };
}

async function readItem({ tx, actor }: Scope, id: Id): Promise<CatalogueItem> {
  const item = await byId(id, () => findCatalogueItem(tx, actor.companyId, id));
  if (!item) throw notFound("Расценка");
  return item;
}

function alreadyThere(): AppError {
  return new AppError(
    "conflict",
    "Расценка с таким названием и единицей уже есть. Измените её или назовите эту иначе.",
  );
}

function tooMany(): AppError {
  return new AppError(
    "limit",
    "За один раз можно загрузить не больше 50 000 расценок. Разделите файл на части.",
  );
}
