import type { Content, TableCell } from "pdfmake/interfaces.js";
import type { DocumentExtra, DocumentPicture } from "./estimate_document.ts";
import { BARE_LAYOUT, caption, COLORS, CONTENT_WIDTH, heading } from "./pdf_style.ts";

const COLUMNS = 3;
const GAP = 12;
const WIDTH = (CONTENT_WIDTH - GAP * (COLUMNS - 1)) / COLUMNS;
const HEIGHT = 120;
/** What the format of the paper takes (ISO 32000-1, 7.4.8); others are on the client's page. */
const PRINTED: ReadonlySet<string> = new Set(["image/jpeg", "image/png"]);

/**
 * Why the extra work is needed: small pictures, three in a row, in the order in which they were agreed to.
 * What can't be printed keeps its place and its number.
 */
export function printPhotos(
  extra: DocumentExtra | undefined,
  /** Those that can be printed. */
  pictures: readonly DocumentPicture[],
): Content[] {
  const photos = extra?.photos ?? [];
  if (photos.length === 0) return [];
  const known = new Map(pictures.map((picture) => [picture.sha256, picture]));
  const cells = photos.map((sha256, index) => printPhoto(known.get(sha256), index + 1));
  const [first, ...others] = inRows(cells);
  return [
    { unbreakable: true, margin: [0, 22, 0, 0], stack: [heading("Фото"), first ?? ""] },
    ...others,
  ];
}

function inRows(cells: readonly TableCell[]): Content[] {
  const rows: Content[] = [];
  for (let at = 0; at < cells.length; at += COLUMNS) {
    const row = cells.slice(at, at + COLUMNS);
    const widths = Array.from({ length: COLUMNS * 2 - 1 }, (_, place) =>
      place % 2 === 0 ? WIDTH : GAP,
    );
    const body = widths.map((_, place) => (place % 2 === 0 ? (row[place / 2] ?? {}) : {}));
    rows.push({
      layout: BARE_LAYOUT,
      table: { widths, body: [body], dontBreakRows: true },
      margin: [0, 0, 0, 8],
    });
  }
  return rows;
}

function printPhoto(picture: DocumentPicture | undefined, number: number): TableCell {
  if (!picture) {
    return { stack: [frame(), caption(`Фото ${number}: смотрите на странице сметы`)] };
  }
  const image = { image: imageOf(picture), fit: [WIDTH, HEIGHT] as [number, number] };
  return { stack: [{ ...image, margin: [0, 0, 0, 3] }, caption(`Фото ${number}`)] };
}

export function isPrintable({ mediaType }: DocumentPicture): boolean {
  return PRINTED.has(mediaType);
}

export function imageOf({ mediaType, bytes }: DocumentPicture): string {
  return `data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}`;
}

function frame(): Content {
  const line = { lineColor: COLORS.line, lineWidth: 0.6 } as const;
  return {
    canvas: [{ type: "rect", x: 0, y: 0, w: WIDTH, h: HEIGHT, ...line }],
    margin: [0, 0, 0, 3],
  };
}
