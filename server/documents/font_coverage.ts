/**
 * Reads from a TrueType font which characters it can draw: the `cmap` table, subtable format 4 (OpenType
 * specification, "cmap: Character to Glyph Index Mapping Table"). pdfmake draws an empty box for the
 * others, or nothing, and does not tell.
 * @returns code points of the Basic Multilingual Plane that have a glyph
 */
export function readFontCoverage(font: Uint8Array): ReadonlySet<number> {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const cmap = findTable(view, "cmap");
  const subtableCount = view.getUint16(cmap + 2);
  for (let index = 0; index < subtableCount; index += 1) {
    const subtable = cmap + view.getUint32(cmap + 4 + index * 8 + 4);
    if (view.getUint16(subtable) === 4) return readFormat4(view, subtable);
  }
  throw new Error("the font has no character map of format 4");
}

function findTable(view: DataView, tag: string): number {
  const tableCount = view.getUint16(4);
  for (let index = 0; index < tableCount; index += 1) {
    const record = 12 + index * 16;
    const name = [0, 1, 2, 3].map((byte) => String.fromCharCode(view.getUint8(record + byte)));
    if (name.join("") === tag) return view.getUint32(record + 8);
  }
  throw new Error(`the font has no table ${tag}`);
}

function readFormat4(view: DataView, subtable: number): Set<number> {
  const covered = new Set<number>();
  const doubledCount = view.getUint16(subtable + 6);
  const ends = subtable + 14;
  const starts = ends + doubledCount + 2;
  const deltas = starts + doubledCount;
  const offsets = deltas + doubledCount;
  for (let segment = 0; segment < doubledCount; segment += 2) {
    const start = view.getUint16(starts + segment);
    const end = view.getUint16(ends + segment);
    const delta = view.getUint16(deltas + segment);
    const offset = view.getUint16(offsets + segment);
    for (let code = start; code <= end && code !== 0xffff; code += 1) {
      const glyph =
        offset === 0 ? code : view.getUint16(offsets + segment + offset + (code - start) * 2);
      if (glyph !== 0 && ((glyph + delta) & 0xffff) !== 0) covered.add(code);
    }
  }
  return covered;
}
