import type { Actor } from "../../domain/access.ts";
import type { Audience, Revision } from "../../domain/agreement.ts";
import type { Line } from "../../domain/estimate/estimate.ts";
import type { Id } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { type Percent, PERCENT_HUNDRED } from "../../domain/percent.ts";
import { QUANTITY_ONE, type Quantity } from "../../domain/quantity.ts";
import { newId } from "../new_id.ts";
import { makeEstimate } from "../routes/testing_estimates.ts";
import type { TestWork } from "../testing.ts";

/** Stands in every field that no client may see. */
export const SECRET = "СЕКРЕТПРОРАБА";
/** An own price and a cost that no client may see; the client's price has 10 % more in it. */
export const SECRET_PRICE = kopecks(123_457n);
export const SECRET_COST = kopecks(98_767n);

/** A company with a person of each role, and another one. */
export interface TestPeople {
  readonly owner: Actor;
  readonly manager: Actor;
  readonly foreman: Actor;
  /** Of the same company, but the estimates are not his. */
  readonly otherForeman: Actor;
  /** Of another company. */
  readonly stranger: Actor;
}

let lastTelegramId = 900_000;

export async function newPeople(work: TestWork): Promise<TestPeople> {
  const owner = await work.newActor({ name: "Ольга Владелица" });
  const { companyId } = owner;
  const people = {
    owner,
    manager: await work.newActor({ companyId, role: "manager", name: "Пётр Начальник" }),
    foreman: await work.newActor({ companyId, role: "foreman", name: "Фёдор Прораб" }),
    otherForeman: await work.newActor({ companyId, role: "foreman", name: "Другой Прораб" }),
    stranger: await work.newActor({ name: "Чужой" }),
  };
  for (const { userId } of Object.values(people)) {
    lastTelegramId += 1;
    await work.database.sql`
      insert into telegram_users (telegram_id, user_id, first_name)
      values (${lastTelegramId}, ${userId}, 'x')
    `;
  }
  return people;
}

/** A whole estimate of the foreman with secrets, hidden per cents and two optional lines. */
export async function newEstimate(
  work: TestWork,
  foreman: Actor,
): Promise<{ id: Id; chosenId: Id; unchosenId: Id }> {
  const id = await makeEstimate(work.asActor, foreman);
  const [chosenId, unchosenId] = [newId(), newId()];
  await work.asActor(foreman, ({ estimates }) =>
    estimates.change(id, {
      baseVersion: null,
      source: "bot",
      changes: [
        { id: newId(), type: "estimate.set", set: { internalNote: SECRET, title: "Ремонт кухни" } },
        {
          id: newId(),
          type: "adjustment.add",
          adjustment: {
            id: newId(),
            position: "a0",
            title: SECRET,
            percent: (PERCENT_HUNDRED / 10n) as Percent,
            base: "all",
            isHidden: true,
          },
        },
        { id: newId(), type: "line.add", line: optionalLine(chosenId, "Тёплый пол", true) },
        { id: newId(), type: "line.add", line: optionalLine(unchosenId, "Подсветка", false) },
      ],
    }),
  );
  return { id, chosenId, unchosenId };
}

function optionalLine(id: Id, name: string, isChosen: boolean): Line {
  return {
    id,
    sectionId: null,
    position: isChosen ? "a1" : "a2",
    kind: "work",
    name,
    unit: "м²",
    quantity: (QUANTITY_ONE * 2n) as Quantity,
    quantityFormula: "",
    price: SECRET_PRICE,
    cost: SECRET_COST,
    isOptional: true,
    isChosen,
    priceSource: "typed",
    note: "",
    internalNote: SECRET,
  };
}

export async function submit(
  work: TestWork,
  actor: Actor,
  id: Id,
  audience: Audience = "manager",
): Promise<Revision> {
  const result = await work.asActor(actor, ({ agreement }) =>
    agreement.submit(id, { audience, acceptWarnings: true }),
  );
  if (result.outcome !== "submitted") throw new Error(`not submitted: ${result.outcome}`);
  return result.revision;
}

/** A submitted revision and the client's link to it. */
export async function shareWithClient(work: TestWork, foreman: Actor) {
  const estimate = await newEstimate(work, foreman);
  const revision = await submit(work, foreman, estimate.id, "client");
  const link = await work.asActor(foreman, ({ sharing }) => sharing.share(estimate.id));
  return { ...estimate, revision, link, token: link.path.slice("/s/".length) };
}

/** What people of a company were told, oldest first, besides the news of contents. */
export async function listTold(work: TestWork, companyId: Id) {
  const all = await listAllTold(work, companyId);
  return all.filter(({ kind }) => kind !== "created" && kind !== "changed");
}

export async function listAllTold(work: TestWork, companyId: Id) {
  const rows = await work.database.sql`
    select notifications.kind, users.name, notifications.content
    from telegram_notifications as notifications
    join telegram_users on telegram_users.telegram_id = notifications.telegram_id
    join users on users.user_id = telegram_users.user_id
    where notifications.company_id = ${companyId}
    order by notifications.id
  `;
  return rows.map((row) => ({
    kind: String(row["kind"]),
    name: String(row["name"]),
    content: row["content"] as Record<string, unknown>,
  }));
}
