import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dealOf } from "../../domain/crm_push.ts";
import type { Id } from "../../domain/ids.ts";
import { createPushSources } from "../crm/sources.ts";
import { createDocumentRenderer, type DocumentRenderer } from "../documents/renderer.ts";
import { readPdf } from "../documents/testing_pdf.ts";
import { readParts } from "../imports/testing_files.ts";
import { newId } from "../new_id.ts";
import { SECRET, submit } from "../services/testing_agreement.ts";
import { approve, done, newContract, newExtra } from "../services/testing_contracts.ts";
import {
  createShareStage,
  hidden,
  PERSON,
  renderOrdered,
  type ShareStage,
} from "./testing_share.ts";

let stage: ShareStage;
let renderer: DocumentRenderer;
/** Everything of extra work, acts and deals that goes out of the company, by name. */
const seen = new Map<string, string>();

/** An own price and a cost of the main estimate; of the extra: 450,00 before the hidden 10 %. */
const SECRETS = new RegExp(
  [
    SECRET,
    "1[\\s\\u00a0]?234[.,]57",
    "123457",
    "987[.,]67",
    "98767",
    "(?<![\\d.,\\s\\u00a0])450[.,]00",
    "313[.,]13",
    String.raw`internal|isHidden|priceSource|"cost"|ownWork|uncosted|coefficient|"margin"`,
  ].join("|"),
);

/** Extra work with a cost and notes that are nobody's business. */
async function newSecretExtra(parentId: Id): Promise<Id> {
  const { work, people } = stage;
  const id = await newExtra(work, people.foreman, parentId);
  const { content } = await work.asActor(people.foreman, ({ estimates }) => estimates.content(id));
  const [line] = [...content.lines.values()];
  await work.asActor(people.foreman, ({ estimates }) =>
    estimates.change(id, {
      baseVersion: null,
      source: "bot",
      changes: [
        { id: newId(), type: "estimate.set", set: { internalNote: SECRET } },
        {
          id: newId(),
          type: "line.set",
          lineId: line?.id ?? "",
          set: { cost: 31_313n as never, internalNote: SECRET },
        },
      ],
    }),
  );
  return id;
}

beforeAll(async () => {
  stage = await createShareStage();
  renderer = createDocumentRenderer();
  const { work, people } = stage;
  const parentId = await newContract(work, people);
  const id = await newSecretExtra(parentId);
  const revision = await submit(work, people.foreman, id, "client");
  const { path } = await work.asActor(people.foreman, ({ sharing }) => sharing.share(id));
  const keep = async (name: string, response: Promise<Response>) => {
    const { headers, ...rest } = await response.then(async (given) => ({
      headers: [...given.headers].flat().join("\n"),
      text: await given.text(),
    }));
    seen.set(name, `${rest.text}\n${headers}`);
    return rest.text;
  };
  await renderOrdered(stage, renderer);
  const page = await keep("the page of extra work", stage.get(path));
  await keep("its page for programs", stage.get(path, { Accept: "application/json" }));
  const fields = { ...PERSON, sha256: hidden(page, "sha256"), total: hidden(page, "total") };
  await stage.post(`${path}/agree`, fields);
  await renderOrdered(stage, renderer);
  const paper = await stage.get(`${path}/document.pdf`);
  seen.set("its PDF", await textOf(new Uint8Array(await paper.arrayBuffer())));
  await keep("its agreed page", stage.get(path));
  await keep("its paper's page", stage.get(`/v/${revision.sha256}`));
  await keepAct(parentId);
  await keepDeal(parentId);
  // Eight papers are printed.
}, 180_000);

afterAll(async () => {
  await renderer.close();
  await stage.close();
});

async function textOf(bytes: Uint8Array): Promise<string> {
  return (await readPdf(bytes)).map((page) => page.text).join("\n");
}

/** КС-2 and КС-3 of everything, with the extra work in them. */
async function keepAct(parentId: Id): Promise<void> {
  const { work, people } = stage;
  await work.asActor(people.foreman, async ({ acts }) => {
    const { id } = done(await acts.create(parentId, { take: "everything" }));
    await acts.sign(id, { version: null });
    for (const form of ["ks2", "ks3"] as const) {
      await acts.order(id, { form, format: "pdf" }, { chatId: 1 });
      await acts.order(id, { form, format: "xlsx" }, { chatId: 1 });
    }
  });
  const files = await renderOrdered(stage, renderer);
  for (const { fileName, bytes } of files) {
    const isTable = fileName.endsWith(".xlsx");
    const name = `${fileName.slice(0, 4)} as ${isTable ? "a workbook" : "a PDF"}`;
    seen.set(name, isTable ? readParts(bytes) : await textOf(bytes));
  }
}

async function keepDeal(parentId: Id): Promise<void> {
  const { work, people } = stage;
  const sources = createPushSources({
    sql: work.database.sql,
    renderer,
    publicUrl: "https://smetka.example",
    linkSecret: Buffer.alloc(32, 1),
    clock: () => work.clock.now,
    newId,
  });
  const approved = await sources.approved(people.owner.companyId, parentId);
  if (!approved) throw new Error("nothing to push");
  expect(approved.extras).toHaveLength(1);
  const deal = dealOf(approved, { client: null, stage: null, currency: "RUB" });
  seen.set(
    "the CRM's deal",
    JSON.stringify(deal, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value)),
  );
  for (const part of [approved, ...approved.extras]) {
    const file = await sources.pdf(people.owner.companyId, part);
    seen.set(
      `the deal's file ${part === approved ? "" : "of the extra"}`.trim(),
      [file?.fileName, file?.text, await textOf(file?.bytes ?? new Uint8Array())].join("\n"),
    );
  }
}

describe("nothing internal is in", () => {
  it.each([
    "the page of extra work",
    "its page for programs",
    "its PDF",
    "its agreed page",
    "its paper's page",
    "КС-2 as a PDF",
    "КС-3 as a PDF",
    "КС-2 as a workbook",
    "КС-3 as a workbook",
    "the CRM's deal",
    "the deal's file",
    "the deal's file of the extra",
  ])("%s", (name) => {
    const text = seen.get(name) ?? "";
    expect(text.length).toBeGreaterThan(50);
    expect(text).not.toMatch(SECRETS);
  });

  it("what was looked through, though it holds the client's price", () => {
    for (const name of ["the page of extra work", "its PDF", "КС-2 as a PDF", "the CRM's deal"]) {
      expect(seen.get(name)).toMatch(/495([.,]00)?/);
    }
  });
});

it("a replaced addition says so to people and programs, and its document with it", async () => {
  const { work, people } = stage;
  const parentId = await newContract(work, people);
  const id = await newExtra(work, people.foreman, parentId);
  const revision = await submit(work, people.foreman, id, "client");
  const { path } = await work.asActor(people.foreman, ({ sharing }) => sharing.share(id));
  await work.asActor(people.foreman, ({ agreement }) =>
    agreement.revise({ revisionId: revision.id }),
  );
  for (const address of [path, `${path}/document.pdf`]) {
    const gone = await stage.get(address);
    expect(gone.status).toBe(410);
    expect(await gone.text()).toContain("заменена версией 2");
    const told = await stage.get(address, { Accept: "application/json" });
    expect(told.status).toBe(410);
    expect(await told.json()).toMatchObject({ error: { code: "superseded" }, replacedBy: 2 });
  }
  const paper = await stage.get(`/v/${revision.sha256}`);
  expect(await paper.text()).toContain("заменена версией 2");
  await approve(work, people, id);
  expect((await stage.get(path)).status).toBe(410);
});
