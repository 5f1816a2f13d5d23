import type { Sql } from "../../db/client.ts";
import type { Actor } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import type { ListedLine, ListedSection } from "../../domain/services.ts";
import type { AsActor } from "../services/work.ts";

type Row = readonly [name: string, unit: string, quantity: string, roubles: number];

/** A flat's renovation as a foreman writes it. */
export const SAMPLE: readonly (readonly [
  title: string,
  kind: "work" | "material",
  rows: readonly Row[],
])[] = [
  [
    "Демонтаж",
    "work",
    [
      ["Демонтаж перегородок из пеноблока", "м²", "12.5", 650],
      ["Снятие обоев", "м²", "86", 90],
      ["Вывоз строительного мусора (контейнер 8 м³)", "рейс", "1", 9500],
    ],
  ],
  [
    "Черновые работы",
    "work",
    [
      [
        "Штукатурка стен по маякам, слой до 30 мм, с грунтовкой основания и установкой углов",
        "м²",
        "120.4",
        520,
      ],
      ["Стяжка пола полусухая", "м²", "48", 780],
      ["Прокладка кабеля ВВГнг-LS 3×2,5 в гофре", "м.п.", "160", 95],
    ],
  ],
  [
    "Материалы",
    "material",
    [
      ["Штукатурка гипсовая Ротбанд, 30 кг", "меш.", "64", 489],
      ["Грунтовка глубокого проникновения, 10 л", "шт", "6", 745.5],
    ],
  ],
];

export function listSample(): ListedSection[] {
  return SAMPLE.map(([title, kind, rows]) => ({
    title,
    kind,
    lines: rows.map(([name, unit, quantity, roubles]) =>
      lineOf(name, unit, quantity, roubles, kind),
    ),
  }));
}

/** `count` lines in sections of fifty. */
export function listLong(count: number): ListedSection[] {
  const lines = Array.from({ length: count }, (_, index) =>
    lineOf(`Работа № ${index + 1}`, "м²", String((index % 90) + 1), (index % 700) + 50.5),
  );
  return Array.from({ length: Math.ceil(count / 50) }, (_, index) => ({
    title: `Этап ${index + 1}`,
    kind: "work",
    lines: lines.slice(index * 50, index * 50 + 50),
  }));
}

export function lineOf(
  name: string,
  unit: string,
  quantity: string,
  roubles: number,
  kind: "work" | "material" = "work",
): ListedLine {
  const price = kopecks(BigInt(Math.round(roubles * 100)));
  return { name, unit, quantity: parseQuantity(quantity) ?? 0n, price, kind };
}

/** A new estimate with a list in it. */
export async function makeEstimate(
  asActor: AsActor,
  actor: Actor,
  list: readonly ListedSection[] = listSample(),
): Promise<Id> {
  return await asActor(actor, async (services) => {
    const client = await services.clients.create({
      name: "Иван Петров",
      kind: "person",
      phones: [],
      emails: [],
      inn: "",
      address: "",
      note: "",
    });
    const project = await services.projects.create({
      title: "Ленина 12, кв. 5",
      address: "Екатеринбург, ул. Ленина, 12, кв. 5",
      clientId: client.id,
      note: "",
    });
    const { id } = await services.estimates.create({ projectId: project.id });
    if (list.length > 0) await services.estimates.addList(id, list, { source: "bot" });
    return id;
  });
}

/** An approved estimate with an act of all of it, of somebody who may approve. */
export async function makeApproved(asActor: AsActor, actor: Actor): Promise<Id> {
  const id = await makeEstimate(asActor, actor);
  await asActor(actor, async ({ agreement, acts }) => {
    await agreement.submit(id, { audience: "manager", acceptWarnings: true });
    const {
      items: [revision],
    } = await agreement.revisions(id);
    await agreement.approve({ revisionId: revision?.id ?? "" }, { channel: "api" });
    await acts.create(id, { take: "everything" });
  });
  return id;
}

/** As a client does on the page of the link, about the newest revision. */
export async function askQuestion(sql: Sql, estimateId: Id): Promise<void> {
  await sql`
    insert into questions (company_id, id, revision_id, text, author_name)
    select company_id, gen_random_uuid(), id, 'Почему демонтаж так дорого?', 'Иван Петров'
    from estimate_revisions
    where estimate_id = ${estimateId}
    order by revision desc
    limit 1
  `;
}
