import { z } from "zod";
import { can } from "../../domain/access.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import type { CatalogueItem } from "../../domain/services.ts";
import { normaliseUnit } from "../../domain/units.ts";
import { actions } from "../actions.ts";
import { priceItem, readPrice, readPriceLine } from "../catalogue_input.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { defineQuestion, type Reading } from "../conversations/question.ts";
import { rich } from "../html.ts";
import { inPairs } from "../keyboards.ts";
import { receiveList } from "../list_intake.ts";
import { showCard, toast } from "../messages.ts";
import { readField, readFile } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import {
  CATALOGUE,
  CATALOGUE_FIELDS,
  type CatalogueField,
  itemLabel,
  itemText,
} from "../texts_catalogue.ts";
import { BACK } from "../texts_common.ts";
import { createListScreen } from "../views/list_screen.ts";

const screen = createListScreen({
  name: "catalogue",
  action: actions.catalogueList,
  load: (ctx, request) => servicesOf(ctx).catalogue.list(request),
  button: (item: CatalogueItem) => actions.catalogueItem.button(itemLabel(item), item.id),
  title: CATALOGUE.title,
  hint: CATALOGUE.hint,
  empty: CATALOGUE.none,
  notFound: CATALOGUE.notFound,
  rows: [[actions.catalogueNew.button(CATALOGUE.add)]],
  onFile: async (ctx) => {
    const file = readFile(ctx);
    if (file) await receiveList(ctx, { kind: "catalogue" }, { kind: "file", file });
  },
});

const newQuestion = defineQuestion({
  step: "catalogue.new",
  params: z.strictObject({}),
  expects: CATALOGUE.expected,
  prompt: () => ({ text: CATALOGUE.askNew }),
  read: (ctx) => {
    const field = readField(ctx);
    return field?.ok ? readPriceLine(field.value) : field;
  },
  handle: async (ctx, _params, fields) => {
    await showItem(ctx, await servicesOf(ctx).catalogue.create(priceItem(fields)));
  },
  cancel: (ctx) => screen.open(ctx),
});

/** One question for each field that a person may change. */
const fieldQuestions = {
  price: fieldQuestion("price", readPrice),
  name: fieldQuestion("name", (text) => ({ ok: true, value: text })),
  unit: fieldQuestion("unit", (text) => {
    const unit = normaliseUnit(text);
    return unit === null ? { ok: false, problem: CATALOGUE.badUnit } : { ok: true, value: unit };
  }),
};

function fieldQuestion<Value>(field: CatalogueField, read: (text: string) => Reading<Value>) {
  return defineQuestion({
    step: `catalogue.${field}`,
    params: z.strictObject({ itemId: idSchema }),
    expects: CATALOGUE_FIELDS[field].expects,
    prompt: () => ({ text: rich`${CATALOGUE_FIELDS[field].ask}` }),
    read: (ctx) => {
      const text = readField(ctx);
      return text?.ok ? read(text.value) : text;
    },
    handle: async (ctx, { itemId }, value: Value) => {
      await showItem(ctx, await servicesOf(ctx).catalogue.set(itemId, { [field]: value }));
    },
    cancel: async (ctx, { itemId }) => showItem(ctx, await itemOf(ctx, itemId)),
  });
}

export const catalogueFeature: Feature = {
  commands: { catalogue: screen.open },
  questions: [...(screen.questions ?? []), newQuestion, ...Object.values(fieldQuestions)],
  presses: [
    ...(screen.presses ?? []),
    onPress(actions.catalogueNew, (ctx) => ask(ctx, newQuestion, {})),
    onPress(actions.catalogueItem, async (ctx, id) => {
      if (!mayEdit(ctx)) return toast(ctx, CATALOGUE.readOnly);
      await showItem(ctx, await itemOf(ctx, id));
    }),
    onPress(actions.catalogueEdit, (ctx, itemId, field) => askField(ctx, itemId, field)),
    onPress(actions.catalogueKind, async (ctx, id) => {
      const { kind } = await itemOf(ctx, id);
      const next = kind === "work" ? "material" : "work";
      await showItem(ctx, await servicesOf(ctx).catalogue.set(id, { kind: next }));
    }),
  ],
};

function askField(ctx: ChatContext, itemId: Id, field: CatalogueField): Promise<void> {
  if (field === "price") return ask(ctx, fieldQuestions.price, { itemId });
  return ask(ctx, field === "name" ? fieldQuestions.name : fieldQuestions.unit, { itemId });
}

function mayEdit(ctx: ChatContext): boolean {
  const { actor } = servicesOf(ctx);
  return can(actor, "catalogue.edit", { companyId: actor.companyId });
}

/** Setting nothing gives the item as it is. */
function itemOf(ctx: ChatContext, id: Id): Promise<CatalogueItem> {
  return servicesOf(ctx).catalogue.set(id, {});
}

async function showItem(ctx: ChatContext, item: CatalogueItem): Promise<void> {
  const fields = Object.entries(CATALOGUE_FIELDS).map(([field, { label }]) =>
    actions.catalogueEdit.button(label, item.id, field as CatalogueField),
  );
  const kind = item.kind === "work" ? CATALOGUE.makeMaterial : CATALOGUE.makeWork;
  const rows = [
    ...inPairs([...fields, actions.catalogueKind.button(kind, item.id)]),
    [actions.catalogueList.button(BACK, null, "all")],
  ];
  const { timezone } = await servicesOf(ctx).company.get();
  await showCard(ctx, { text: itemText(item, timezone), rows }, `k.${item.id}`);
}
