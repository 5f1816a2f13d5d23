import { afterAll, describe, expect, test } from "vitest";
import { createDocumentRenderer } from "./renderer.ts";
import { renderPdf } from "./pdf.ts";
import { BATHROOM, makeContent, makeDocument, makeLong } from "./testing_documents.ts";

const renderer = createDocumentRenderer();

afterAll(() => renderer.close());

describe("the renderer", () => {
  test("gives the same files from its thread as without it", async () => {
    const document = makeDocument(makeContent(BATHROOM));
    const pdf = await renderer.render(document, "pdf");
    expect(Buffer.compare(pdf, await renderPdf(document))).toBe(0);
    const xlsx = await renderer.render(document, "xlsx");
    expect(Buffer.from(xlsx.subarray(0, 2)).toString()).toBe("PK");
  });

  test("leaves the event loop free while it works", async () => {
    const document = makeDocument(makeContent(makeLong(400)));
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    await renderer.render(document, "pdf");
    clearInterval(counting);
    expect(turns).toBeGreaterThan(20);
  });

  test("says so when a document takes too long", async () => {
    const hurried = createDocumentRenderer({ timeout: 1 });
    const document = makeDocument(makeContent(makeLong(400)));
    await expect(hurried.render(document, "pdf")).rejects.toMatchObject({ reason: "timeout" });
    await hurried.close();
  });
});
