import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import { getDocument, OPS } from "pdfjs-dist/legacy/build/pdf.mjs";
import { expect, test } from "vitest";
import type { DocumentPicture, EstimateDocument } from "./estimate_document.ts";
import { freezeDocument, writeFrozen } from "./frozen_document.ts";
import { renderPdf } from "./pdf.ts";
import { makeContent, makeDocument } from "./testing_documents.ts";
import { readPdf } from "./testing_pdf.ts";
import { renderXlsx } from "./xlsx.ts";

const REVISION = "0198c0de-0000-7000-8000-000000000001";

function makePng(width: number, height: number, shade: number): Uint8Array {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc((width * 3 + 1) * height, shade);
  for (let row = 0; row < height; row += 1) rows[row * (width * 3 + 1)] = 0;
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function pictureOf(
  bytes: Uint8Array,
  mediaType: DocumentPicture["mediaType"] = "image/png",
): DocumentPicture {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), mediaType, bytes };
}

function extraWith(pictures: readonly DocumentPicture[]): EstimateDocument {
  const content = makeContent([{ title: null, lines: [["Штробление", "12", "м", "450"]] }]);
  const extra = {
    parentNumber: "СМ-2026-0001",
    reason: "Скрытая проводка",
    photos: pictures.map(({ sha256 }) => sha256),
  };
  return { ...makeDocument(content), extra, pictures };
}

/** Where each picture stands on its page, in points. */
async function placesOf(bytes: Uint8Array) {
  const loading = getDocument({ data: Uint8Array.from(bytes), verbosity: 0 });
  const document = await loading.promise;
  const places: { page: number; x: number; y: number; width: number; height: number }[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const { fnArray, argsArray } = await (await document.getPage(number)).getOperatorList();
    let matrix: number[] = [];
    fnArray.forEach((operator, index) => {
      if (operator === OPS.transform) matrix = argsArray[index] as number[];
      if (operator !== OPS.paintImageXObject) return;
      const [width = 0, , , height = 0, x = 0, y = 0] = matrix;
      places.push({ page: number, x, y: Math.abs(y), width, height: Math.abs(height) });
    });
  }
  await loading.destroy();
  return places;
}

test("photos of extra work are printed small, three in a row, each with its number", async () => {
  const shades = [20, 60, 100, 140, 180, 220, 250];
  const pictures = shades.map((shade, index) =>
    pictureOf(makePng(index % 2 === 0 ? 40 : 20, index % 2 === 0 ? 20 : 40, shade)),
  );
  const bytes = await renderPdf(extraWith(pictures));
  const pages = await readPdf(bytes);
  const text = pages.map((page) => page.text).join("\n");
  for (const [index] of pictures.entries()) expect(text).toContain(`Фото ${index + 1}`);
  const places = await placesOf(bytes);
  expect(places).toHaveLength(pictures.length);
  expect(new Set(places.map(({ x }) => Math.round(x))).size).toBe(3);
  for (const { x, width, height } of places) {
    expect(width).toBeLessThanOrEqual(165);
    expect(height).toBeLessThanOrEqual(121);
    expect(x + width).toBeLessThanOrEqual(595.28 - 37);
  }
});

test("a broken photo, one of another format and one that is gone keep their places", async () => {
  const whole = pictureOf(makePng(30, 30, 90));
  const broken = pictureOf(whole.bytes.slice(0, 40));
  const cut = pictureOf(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]), "image/jpeg");
  const webp = pictureOf(Buffer.from("RIFF\0\0\0\0WEBPVP8 "), "image/webp");
  const gone = pictureOf(makePng(10, 10, 10));
  const document = extraWith([broken, whole, cut, webp, gone]);
  const bytes = await renderPdf({ ...document, pictures: [broken, whole, cut, webp] });
  const text = (await readPdf(bytes)).map((page) => page.text).join("\n");
  for (const number of [1, 3, 4, 5]) {
    expect(text).toContain(`Фото ${number}: смотрите на странице сметы`);
  }
  expect(text).toMatch(/Фото 2(?!:)/);
  expect(await placesOf(bytes)).toHaveLength(1);
});

test("the paper is the same file each time, and others have no photos", async () => {
  const document = extraWith([pictureOf(makePng(30, 30, 90))]);
  const [first, second] = [await renderPdf(document), await renderPdf(document)];
  expect(Buffer.compare(first, second)).toBe(0);
  const { extra: _, ...other } = document;
  expect(await placesOf(await renderPdf(other))).toEqual([]);
});

test("the bytes of photos are neither in the hashed text nor in the spreadsheet", async () => {
  const document = extraWith([pictureOf(makePng(30, 30, 90))]);
  const { pictures: _, ...bare } = document;
  const write = (each: EstimateDocument) => writeFrozen(freezeDocument(each, REVISION));
  expect(write(document)).toEqual(write(bare));
  expect((await renderXlsx(document)).length).toBeGreaterThan(1000);
});
