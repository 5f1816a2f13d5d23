import { generateNKeysBetween } from "fractional-indexing";
import type { Day } from "../../domain/calendar.ts";
import type { ClientFields } from "../../domain/clients.ts";
import type { CompanyFields } from "../../domain/companies.ts";
import type {
  Adjustment,
  Content,
  Header,
  Line,
  LineKind,
  Section,
} from "../../domain/estimate/estimate.ts";
import { CALC_VERSION, totalsOf } from "../../domain/estimate/totals.ts";
import { makeId } from "../../domain/ids.ts";
import { kopecks, parseMoney } from "../../domain/money.ts";
import { parsePercent, type Percent } from "../../domain/percent.ts";
import type { ProjectFields } from "../../domain/projects.ts";
import { parseQuantity, type Quantity } from "../../domain/quantity.ts";
import {
  buildEstimateDocument,
  type EstimateDocument,
  type EstimateDocumentSource,
} from "./estimate_document.ts";

/** Stands in every field that no client may see. */
export const SECRET = "СЕКРЕТПРОРАБА";

export const COMPANY: CompanyFields = {
  name: "Соколов и сыновья",
  fullName: "ИП Соколов Андрей Викторович",
  inn: "500100732259",
  kpp: "",
  ogrn: "319774600123456",
  address: "124365, г. Москва, Зеленоград, ул. Логвиненко, д. 12",
  phone: "+7 916 123-45-67",
  email: "sokolov@remont.example",
  bankName: "АО «Банк»",
  bankBik: "044525974",
  bankAccount: "40802810900001234567",
  bankCorrespondentAccount: "30101810145250000974",
  signatory: "Соколов А. В.",
  timezone: "Europe/Moscow",
};

const CLIENT: ClientFields = {
  name: "Иван Сергеевич Петров",
  kind: "person",
  phones: [{ raw: "+7 903 765-43-21", e164: "+79037654321" }],
  emails: [],
  inn: "",
  address: "",
  note: SECRET,
};

const PROJECT: ProjectFields = {
  title: "Ленина 12, кв. 5",
  address: "Москва, ул. Ленина, д. 12, кв. 5",
  clientId: null,
  note: SECRET,
};

const HEADER: Header = {
  title: "Ремонт ванной",
  projectId: null,
  clientId: null,
  date: "2026-11-22" as Day,
  validUntil: "2026-12-22" as Day,
  vat: { kind: "none", ground: "usn" },
  discount: null,
  priceKind: "firm",
  paymentTerms: "",
  warranty: "",
  note: "",
  internalNote: SECRET,
};

/** Name, quantity, unit, price. */
export type LineSample = readonly [name: string, quantity: string, unit: string, price: string];

export interface SectionSample {
  /** Null: lines before the first section. */
  readonly title: string | null;
  readonly kind?: LineKind;
  readonly lines: readonly (LineSample | ReturnType<typeof withFields>)[];
}

/** A line with something unusual about it. */
export function withFields(sample: LineSample, fields: Partial<Line>) {
  return { sample, fields };
}

let lastId = 0;

function newId(): string {
  lastId += 1;
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(6, lastId);
  return makeId(Date.UTC(2026, 10, 22), random);
}

export function money(text: string) {
  return parseMoney(text) ?? kopecks(0n);
}

export function quantity(text: string): Quantity {
  return parseQuantity(text) ?? (0n as Quantity);
}

export function percent(text: string): Percent {
  return parsePercent(text) ?? (0n as Percent);
}

export function makeContent(
  samples: readonly SectionSample[],
  header: Partial<Header> = {},
  adjustments: readonly Omit<Adjustment, "id" | "position">[] = [],
): Content {
  const sections: Section[] = [];
  const lines: Line[] = [];
  const places = generateNKeysBetween(null, null, samples.length);
  for (const [index, { title, kind = "work", lines: listed }] of samples.entries()) {
    const id = newId();
    if (title !== null) sections.push({ id, title, kind, position: places[index] ?? "a0" });
    const linePlaces = generateNKeysBetween(null, null, listed.length);
    for (const [order, item] of listed.entries()) {
      const position = linePlaces[order] ?? "a0";
      lines.push(makeLine(item, { sectionId: title === null ? null : id, kind, position }));
    }
  }
  const adjustmentPlaces = generateNKeysBetween(null, null, adjustments.length);
  const placed = adjustments.map((adjustment, index) => ({
    ...adjustment,
    id: newId(),
    position: adjustmentPlaces[index] ?? "a0",
  }));
  return {
    header: { ...HEADER, ...header },
    sections: new Map(sections.map((section) => [section.id, section])),
    lines: new Map(lines.map((line) => [line.id, line])),
    adjustments: new Map(placed.map((adjustment) => [adjustment.id, adjustment])),
    rooms: new Map(),
  };
}

function makeLine(
  item: SectionSample["lines"][number],
  place: Pick<Line, "sectionId" | "kind" | "position">,
): Line {
  const { sample, fields } = "sample" in item ? item : { sample: item, fields: {} };
  const [name, count, unit, price] = sample;
  return {
    id: newId(),
    name,
    unit,
    quantity: quantity(count),
    quantityFormula: "",
    price: money(price),
    cost: money("7.77"),
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: SECRET,
    ...place,
    ...fields,
  };
}

export function makeDocument(
  content: Content,
  fields: Partial<EstimateDocumentSource> = {},
): EstimateDocument {
  return buildEstimateDocument({
    company: COMPANY,
    client: CLIENT,
    project: PROJECT,
    number: "СМ-2026-0001",
    revision: 1,
    status: "approved",
    content,
    totals: totalsOf(content),
    calcVersion: CALC_VERSION,
    verification: null,
    ...fields,
  });
}

/** 198 038,00 ₽: works 170 270,00 and materials 27 768,00. */
export const BATHROOM: readonly SectionSample[] = [
  {
    title: "Демонтаж",
    lines: [
      ["Демонтаж плитки со стен", "22", "м²", "350"],
      ["Демонтаж плитки с пола", "4.2", "м²", "350"],
      ["Демонтаж ванны", "1", "шт", "1500"],
      ["Демонтаж унитаза", "1", "шт", "1000"],
      ["Вынос мусора", "3", "рейс", "2500"],
    ],
  },
  {
    title: "Черновые работы",
    lines: [
      ["Штукатурка стен по маякам", "22", "м²", "650"],
      ["Гидроизоляция в 2 слоя", "9.5", "м²", "450"],
      ["Стяжка пола до 50 мм", "4.2", "м²", "900"],
      ["Разводка труб ХВС/ГВС", "8", "точка", "2800"],
      ["Канализация 50/110", "6", "п.м.", "700"],
      ["Электрика", "5", "точка", "1200"],
    ],
  },
  {
    title: "Чистовая",
    lines: [
      ["Укладка плитки 60х120, стены", "22", "м²", "2200"],
      ["Укладка плитки, пол", "4.2", "м²", "2400"],
      ["Затирка эпоксидная", "26.2", "м²", "450"],
      ["Запил 45°", "12.5", "п.м.", "950"],
      ["Установка инсталляции", "1", "компл", "7500"],
      ["Ванна акриловая", "1", "шт", "6500"],
    ],
  },
  {
    title: "Материалы",
    kind: "material",
    lines: [
      ["Плиточный клей, 25 кг", "14", "мешок", "890"],
      ["Грунтовка 10 л", "2", "шт", "1150"],
      ["Штукатурка, 30 кг", "16", "мешок", "520.50"],
      ["Ёмкость гидроизоляции", "2", "ведро", "2340"],
    ],
  },
];

/** Many lines in sections of forty, some of two rows of print. */
export function makeLong(lineCount: number): SectionSample[] {
  const perSection = 40;
  return Array.from({ length: Math.ceil(lineCount / perSection) }, (_, section) => ({
    title: `Раздел ${section + 1}`,
    kind: section % 3 === 2 ? ("material" as const) : ("work" as const),
    lines: Array.from(
      { length: Math.min(perSection, lineCount - section * perSection) },
      (_, order): LineSample => {
        const index = section * perSection + order + 1;
        const middle =
          index % 3 === 0 ? " керамогранитом по выровненному основанию с затиркой" : "";
        return [
          `Первое${index}слово облицовка${middle} Последнее${index}слово`,
          String((index % 17) + 0.5),
          "м²",
          `${100 + (index % 900)}.50`,
        ];
      },
    ),
  }));
}
