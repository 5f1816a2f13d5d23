import type { Feature } from "write-excel-file/node";
import { sanitizeTextContent } from "write-excel-file/utility";

interface Printing {
  readonly sheetName: string;
  /** Counted from 1; printed again on each page. */
  readonly headRow: number;
  readonly footer: string;
  /** Results of formulas by address. */
  readonly cached: ReadonlyMap<string, string>;
}

/**
 * What the library does not write itself: results beside the formulas (a phone, a preview or a mail
 * program shows no number without them) and A4 as wide as the table, with its head on each page.
 * The order of elements is that of ECMA-376, part 1, 18.3.1.99; another order is a broken file.
 */
export function printingFeature<FileContent>(printing: Printing): Feature<FileContent> {
  const titles = `'${printing.sheetName}'!$${printing.headRow}:$${printing.headRow}`;
  return {
    files: {
      transform: {
        "xl/worksheets/sheet{id}.xml": {
          transform: (xml) =>
            addCachedValues(xml, printing.cached)
              .replace("<sheetViews", '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>$&')
              .replace("</worksheet>", (end) => pageMarkup(printing.footer) + end),
        },
        "xl/workbook.xml": {
          transform: (xml) =>
            xml.replace(
              /<definedNames\s*(?:\/>|><\/definedNames>)/,
              `<definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">${titles}</definedName></definedNames>`,
            ),
        },
      },
    },
  };
}

function addCachedValues(xml: string, cached: ReadonlyMap<string, string>): string {
  return xml.replace(/<c r="([A-Z]+\d+)"[^>]*><f>[^<]*<\/f>/g, (cell, address: string) => {
    const value = cached.get(address);
    return value === undefined ? cell : `${cell}<v>${value}</v>`;
  });
}

/** Margins in inches; paper 9 is A4; one page wide, as many high as needed. */
function pageMarkup(footer: string): string {
  const left = sanitizeTextContent(`&L${footer.replaceAll("&", "&&")}&RСтраница &P из &N`);
  return [
    '<pageMargins left="0.6" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>',
    '<pageSetup paperSize="9" orientation="portrait" fitToWidth="1" fitToHeight="0"/>',
    `<headerFooter><oddFooter>${left}</oddFooter></headerFooter>`,
  ].join("");
}
