import { crc32, deflateRawSync } from "node:zlib";
import writeExcelFile, { type SheetData } from "write-excel-file/node";
import { listEntries, unpackEntry } from "./archive.ts";

/** For tests: a real workbook, as a person's program would make it. */
export async function makeWorkbook(...sheets: readonly { name: string; data: SheetData }[]) {
  const buffer = await writeExcelFile(
    sheets.map(({ name, data }) => ({ sheet: name, data, dateFormat: "dd.mm.yyyy" })),
  ).toBuffer();
  return new Uint8Array(buffer);
}

export interface MadeEntry {
  readonly name: string;
  readonly data: Buffer | string;
  /** What the directory says instead of the truth. */
  readonly claimedSize?: number;
  readonly isEncrypted?: boolean;
}

/** For tests: an archive that may lie. */
export function makeArchive(entries: readonly MadeEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, claimedSize, isEncrypted = false } of entries) {
    const bytes = Buffer.from(data);
    const packed = deflateRawSync(bytes, { level: 9 });
    const nameBytes = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(isEncrypted ? 1 : 0, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claimedSize ?? bytes.length, 18);
    fields.writeUInt16LE(nameBytes.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    parts.push(Buffer.from("PK\u0003\u0004", "latin1"), fields, nameBytes, packed);
    directory.push(Buffer.from("PK\u0001\u0002\u0014\u0000", "latin1"), fields, tail, nameBytes);
    offset += 30 + nameBytes.length + packed.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directoryBytes, end]);
}

const WORKBOOK =
  '<workbook xmlns:r="r"><sheets><sheet name="Лист1" sheetId="1" r:id="rId1"/></sheets></workbook>';
const RELATIONS =
  '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>';

/** For tests: a workbook of one sheet with this XML inside `<sheetData>`. */
export function makeSheet(sheetData: string, more: readonly MadeEntry[] = []): Buffer {
  return makeArchive([
    { name: "xl/workbook.xml", data: WORKBOOK },
    { name: "xl/_rels/workbook.xml.rels", data: RELATIONS },
    {
      name: "xl/worksheets/sheet1.xml",
      data: `<worksheet><sheetData>${sheetData}</sheetData></worksheet>`,
    },
    ...more,
  ]);
}

/** A workbook with all that is in it, seen and unseen: the text of every part of the archive. */
export function readParts(bytes: Uint8Array): string {
  const archive = Buffer.from(bytes);
  const entries = listEntries(archive, { entries: 100, size: 1e8, ratio: 1000 });
  return entries.map((entry) => unpackEntry(archive, entry).toString("utf8")).join("\n");
}
