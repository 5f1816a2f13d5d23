import type { Id } from "../../../domain/ids.ts";
import { formatMoney, parseMoney, ZERO } from "../../../domain/money.ts";
import { explainNumberProblem } from "../../../domain/number_sentences.ts";
import { formatAmountRu, formatMoneyRu, parseMoneyRu } from "../../../domain/numbers_ru.ts";
import { type Api, type CatalogueItem, type Me, read } from "../api.ts";
import { Icon } from "../components/icon.tsx";
import { goBack, goTo } from "../navigation.ts";
import { age } from "../texts_ru.ts";
import { Page } from "./page.tsx";
import { pageTexts } from "./page_texts_ru.ts";
import { type FieldDescription, FieldProblem, RecordForm, type Texts } from "./record_form.tsx";
import { RecordList } from "./record_list.tsx";

export interface CatalogueScreenProps {
  readonly api: Api;
  readonly me: Me | null;
}

/** The company's own prices, with where each is from and how old it is. */
export function CatalogueScreen({ api, me }: CatalogueScreenProps) {
  const canEdit = me !== null && me.role !== "foreman";
  return (
    <Page
      title={pageTexts.catalogue}
      action={
        canEdit ? (
          <button
            type="button"
            className="button"
            onClick={() => goTo({ name: "item", item: null })}
          >
            <Icon name="plus" />
            {pageTexts.newItem}
          </button>
        ) : null
      }
    >
      <RecordList<CatalogueItem>
        name="catalogue"
        searchLabel={pageTexts.searchCatalogue}
        emptyTitle={pageTexts.noItems}
        emptyHint={pageTexts.noItemsHint}
        load={(query, signal) => read(api.catalogue.$get({ query }, { init: { signal } }))}
      >
        {(item) => (
          <button
            type="button"
            className="card"
            disabled={!canEdit}
            onClick={() => goTo({ name: "item", item })}
          >
            <span className="card-title">{item.name}</span>
            <span className="card-total">
              {formatMoneyRu(parseMoney(item.price) ?? ZERO)}
              {item.unit === "" ? "" : ` / ${item.unit}`}
            </span>
            <span className="card-hint">
              <span>{item.kind === "work" ? pageTexts.work : pageTexts.material}</span>
              <span>{SOURCES[item.source]}</span>
              <span>{age(new Date(item.pricedAt), new Date())}</span>
            </span>
          </button>
        )}
      </RecordList>
    </Page>
  );
}

const SOURCES: Readonly<Record<CatalogueItem["source"], string>> = {
  import: pageTexts.fromTable,
  learned: pageTexts.fromEstimates,
  manual: pageTexts.byHand,
};

type Name = "name" | "kind" | "unit" | "price" | "cost" | "section" | "code";

const FIELDS: readonly FieldDescription<Name>[] = [
  { name: "name", label: pageTexts.itemName, maxLength: 500, rows: 2 },
  {
    name: "kind",
    label: pageTexts.itemKind,
    options: [
      ["work", pageTexts.work],
      ["material", pageTexts.material],
    ],
  },
  { name: "unit", label: pageTexts.unit, maxLength: 30 },
  { name: "price", label: pageTexts.price, maxLength: 40, mode: "decimal" },
  { name: "cost", label: pageTexts.itemCost, maxLength: 40, mode: "decimal" },
  { name: "section", label: pageTexts.itemSection, maxLength: 200 },
  { name: "code", label: pageTexts.itemCode, maxLength: 100 },
];

export interface ItemScreenProps {
  readonly api: Api;
  /** Null: a new one. */
  readonly item: CatalogueItem | null;
}

export function ItemScreen({ api, item }: ItemScreenProps) {
  const save = async (typed: Texts<Name>) => {
    const json = {
      ...typed,
      kind: typed.kind === "material" ? ("material" as const) : ("work" as const),
      price: readPrice(typed.price) ?? "0.00",
      cost: readPrice(typed.cost),
    };
    await (item
      ? read(api.catalogue[":id"].$patch({ param: { id: item.id satisfies Id }, json }))
      : read(api.catalogue.$post({ json })));
    goBack();
  };
  return (
    <Page title={item?.name ?? pageTexts.newItemTitle}>
      <section className="panel">
        <RecordForm<Name> fields={FIELDS} initial={textsOf(item)} onSave={save} />
      </section>
    </Page>
  );
}

function textsOf(item: CatalogueItem | null): Texts<Name> {
  const show = (sum: string | null) => {
    const money = sum === null ? null : parseMoney(sum);
    return money === null ? "" : formatAmountRu(money);
  };
  return {
    name: item?.name ?? "",
    kind: item?.kind ?? "work",
    unit: item?.unit ?? "",
    price: show(item?.price ?? null),
    cost: show(item?.cost ?? null),
    section: item?.section ?? "",
    code: item?.code ?? "",
  };
}

/** The wire form; null for an empty field. */
function readPrice(text: string): string | null {
  if (text.trim() === "") return null;
  const result = parseMoneyRu(text);
  if (result.ok) return formatMoney(result.value);
  throw new FieldProblem(explainNumberProblem(result.reason, { kind: "money" }));
}
