import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

/** A piece of text where the reader sees it; `y` grows upwards, in points. */
interface PrintedText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface PrintedPage {
  /** In reading order, spaces as printed. */
  readonly text: string;
  readonly pieces: readonly PrintedText[];
  readonly width: number;
  readonly height: number;
}

/** For tests: what a real reader of PDF finds on each page. */
export async function readPdf(bytes: Uint8Array): Promise<PrintedPage[]> {
  // The reader takes the buffer away, hence the copy.
  const loading = getDocument({ data: Uint8Array.from(bytes), verbosity: 0 });
  const document = await loading.promise;
  const pages: PrintedPage[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    const viewport = page.getViewport({ scale: 1 });
    const pieces = items.flatMap((item) => {
      if (!("str" in item)) return [];
      const [, , , , x, y] = item.transform as number[];
      return [{ text: item.str, x: x ?? 0, y: y ?? 0, width: item.width }];
    });
    pages.push({
      text: items
        .map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : ""))
        .join(""),
      pieces,
      width: viewport.width,
      height: viewport.height,
    });
  }
  await loading.destroy();
  return pages;
}
