import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDocumentRenderer, type DocumentRenderer } from "../documents/renderer.ts";
import { readPdf } from "../documents/testing_pdf.ts";
import { readParts } from "../imports/testing_files.ts";
import { newId } from "../new_id.ts";
import { SECRET, shareWithClient } from "../services/testing_agreement.ts";
import { createShareStage, hidden, renderOrdered, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;
let renderer: DocumentRenderer;
/** Everything that a client can get hold of, by name. */
const seen = new Map<string, string>();

/** An own price of 1 234,57 and a cost of 987,67; the client's price is 1 358,03. */
const SECRETS = new RegExp(
  [
    SECRET,
    "1[\\s\\u00a0]?234[.,]57",
    "123457",
    "987[.,]67",
    "98767",
    String.raw`internal|isHidden|priceSource|"cost"|ownWork|uncosted|coefficient|"margin"`,
  ].join("|"),
);

beforeAll(async () => {
  stage = await createShareStage();
  renderer = createDocumentRenderer();
  const { work, people } = stage;
  const given = await shareWithClient(work, people.foreman);
  const { token, revision, chosenId, unchosenId } = given;
  const keep = async (name: string, response: Response | Promise<Response>) => {
    const { headers, ...rest } = {
      headers: (await response).headers,
      body: await (await response).text(),
    };
    seen.set(name, `${rest.body}\n${[...headers].flat().join("\n")}`);
    return rest.body;
  };
  const json = { Accept: "application/json" };
  const choice = { choice: "1", line: [chosenId, unchosenId] };
  await renderOrdered(stage, renderer);
  await keep("the page", stage.get(`/s/${token}`));
  await keep("the page for programs", stage.get(`/s/${token}`, json));
  await keep("a choice for the script", stage.post(`/s/${token}/choice`, choice, json));
  const counted = await keep("a choice", stage.post(`/s/${token}/choice`, choice));
  await keep("a refusal", stage.post(`/s/${token}/agree`, choice));
  await stage.post(`/s/${token}/questions`, { form: newId(), text: "Что с ценой?", about: "" });
  await keep("the paper's page before", stage.get(`/v/${revision.sha256}`));
  seen.set("the PDF before", await printed(token));
  await stage.post(`/s/${token}/agree`, {
    ...choice,
    name: "Иван",
    phone: "+79123456789",
    signature: "on",
    personalData: "on",
    sha256: hidden(counted, "sha256"),
    total: hidden(counted, "total"),
  });
  const files = await orderAll(given.id);
  seen.set("the PDF after", await printed(token));
  for (const { fileName, text } of files)
    seen.set(`the chat's ${fileName.split(".").at(-1)}`, text);
  await keep("the agreed page", stage.get(`/s/${token}`));
  await keep("the paper's page", stage.get(`/v/${revision.sha256}`));
  await keep("the paper for programs", stage.get(`/v/${revision.sha256}`, json));
  const rows = await work.database.sql`
    select revisions.document as frozen, approvals.document as agreed, approvals.consent
    from estimate_revisions as revisions
    join approvals on approvals.revision_id = revisions.id
    where revisions.id = ${revision.id}
  `;
  for (const [name, text] of Object.entries(rows[0] ?? {})) seen.set(name, String(text));
  await work.asActor(people.foreman, ({ agreement }) =>
    agreement.revise({ revisionId: revision.id }),
  );
  await keep("the replaced page", stage.get(`/s/${token}`));
});

afterAll(async () => {
  await renderer.close();
  await stage.close();
});

async function printed(token: string): Promise<string> {
  const response = await stage.get(`/s/${token}/document.pdf`);
  expect(response.headers.get("Content-Type")).toBe("application/pdf");
  return textOf(new Uint8Array(await response.arrayBuffer()));
}

async function textOf(bytes: Uint8Array): Promise<string> {
  return (await readPdf(bytes)).map((page) => page.text).join("\n");
}

/** What the foreman sends on by hand: the chat's documents of the frozen estimate. */
async function orderAll(id: string): Promise<{ fileName: string; text: string }[]> {
  const { work, people } = stage;
  await work.asActor(people.foreman, async ({ documents }) => {
    await documents.order(id, "pdf", { chatId: 1 });
    await documents.order(id, "xlsx", { chatId: 1 });
  });
  const sent = await renderOrdered(stage, renderer);
  return Promise.all(
    sent.map(async ({ fileName, bytes }) => ({
      fileName,
      text: fileName.endsWith(".xlsx") ? readParts(bytes) : await textOf(bytes),
    })),
  );
}

describe("nothing internal is in", () => {
  it.each([
    "the page",
    "the page for programs",
    "a choice",
    "a choice for the script",
    "a refusal",
    "the agreed page",
    "the replaced page",
    "the PDF before",
    "the PDF after",
    "the chat's pdf",
    "the chat's xlsx",
    "the paper's page before",
    "the paper's page",
    "the paper for programs",
    "frozen",
    "agreed",
    "consent",
  ])("%s", (name) => {
    const text = seen.get(name) ?? "";
    expect(text.length).toBeGreaterThan(50);
    expect(text).not.toMatch(SECRETS);
  });

  it("what was looked through, though it holds the client's price", () => {
    for (const name of ["the page", "the PDF after", "the chat's xlsx", "frozen", "agreed"]) {
      expect(seen.get(name)).toMatch(/1[\s\u00a0]?358[.,]03/);
    }
  });
});
