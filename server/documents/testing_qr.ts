import { getDocument, OPS } from "pdfjs-dist/legacy/build/pdf.mjs";

/** Larger squares than the dots of a code of 76 points are something else. */
const LARGEST_DOT = 4; // points
/** What follows the data, by version; level L, one block. */
const PARITY = [0, 7, 10, 15, 20, 26];
const LEVEL_L = 1;
const BYTES = 4;
const FORMAT_MASK = 0x5412;
const FIELD = 0x11d;

/** ISO/IEC 18004, 7.8.2. */
const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

interface Code {
  readonly size: number;
  readonly isDark: (row: number, column: number) => boolean;
}

/**
 * For tests: what a telephone reads from the only QR code of a PDF file, taken from what is drawn there.
 * Knows versions 1 to 5 of level L, which is up to 106 bytes; throws for everything else.
 */
export async function readQr(bytes: Uint8Array): Promise<string> {
  const code = findCode(await listDots(bytes));
  const version = (code.size - 17) / 4;
  const parity = PARITY[version];
  const format = readFormat(code);
  const mask = MASKS[format & 7];
  if (!parity || !mask || format >> 3 !== LEVEL_L) throw new Error("this QR code is not known");
  const words = readWords(code, mask);
  if (!isWhole(words, parity)) throw new Error("the QR code does not fit its own parity");
  return readText(words.slice(0, -parity));
}

async function listDots(bytes: Uint8Array): Promise<Dot[]> {
  const loading = getDocument({ data: Uint8Array.from(bytes), verbosity: 0 });
  const document = await loading.promise;
  const dots: Dot[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number);
    const { fnArray, argsArray } = await page.getOperatorList();
    fnArray.forEach((operator, index) => {
      const dot = operator === OPS.constructPath ? dotOf(argsArray[index] as PathArguments) : null;
      if (dot) dots.push(dot);
    });
  }
  await loading.destroy();
  return dots;
}

/** The way of painting, the path, and its corners: least and greatest x and y. */
type PathArguments = readonly [number, unknown, ArrayLike<number> | null];

function dotOf([paint, , corners]: PathArguments): Dot | null {
  if (paint !== OPS.fill || !corners) return null;
  const [left = 0, top = 0, right = 0, bottom = 0] = Array.from(corners);
  const side = right - left;
  const isSquare = Math.abs(bottom - top - side) < 0.01;
  return isSquare && side > 0 && side < LARGEST_DOT ? { x: left, y: top, side } : null;
}

function findCode(dots: readonly Dot[]): Code {
  const [{ side } = { side: 1 }] = dots;
  const left = Math.min(...dots.map(({ x }) => x));
  const top = Math.min(...dots.map(({ y }) => y));
  const placeOf = (distance: number) => Math.round(distance / side);
  const dark = new Set(dots.map(({ x, y }) => `${placeOf(y - top)} ${placeOf(x - left)}`));
  const size = 1 + Math.max(...dots.map(({ x }) => placeOf(x - left)));
  return { size, isDark: (row, column) => dark.has(`${row} ${column}`) };
}

/** Two bits of the level and three of the mask. */
function readFormat({ isDark }: Code): number {
  const before = [0, 1, 2, 3, 4, 5, 7, 8].map((column) => [8, column] as const);
  const above = [7, 5, 4, 3, 2, 1, 0].map((row) => [row, 8] as const);
  const bits = [...before, ...above].map(([row, column]) => isDark(row, column));
  return (numberOf(bits) ^ FORMAT_MASK) >> 10;
}

function readWords(code: Code, mask: (row: number, column: number) => boolean): number[] {
  const bits: boolean[] = [];
  let isUpwards = true;
  for (let right = code.size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < code.size; step += 1) {
      const row = isUpwards ? code.size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (isFixed(code.size, row, column)) continue;
        bits.push(code.isDark(row, column) !== mask(row, column));
      }
    }
    isUpwards = !isUpwards;
  }
  return wordsOf(bits);
}

/** Corners with the format beside them, the two dotted lines, and the small square of versions 2 to 5. */
function isFixed(size: number, row: number, column: number): boolean {
  if (row === 6 || column === 6) return true;
  const isLow = row >= size - 8;
  const isRight = column >= size - 8;
  if ((row < 9 && (column < 9 || isRight)) || (isLow && column < 9)) return true;
  const isBeside = (place: number) => Math.abs(place - (size - 7)) <= 2;
  return size > 21 && isBeside(row) && isBeside(column);
}

/** Reed and Solomon: the words are a polynomial that has the first powers of 2 for its roots. */
function isWhole(words: readonly number[], parity: number): boolean {
  let root = 1;
  for (let power = 0; power < parity; power += 1) {
    if (words.reduce((sum, word) => multiply(sum, root) ^ word, 0) !== 0) return false;
    root = multiply(root, 2);
  }
  return true;
}

/** In the field of 256. */
function multiply(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ (product & 0x80 ? FIELD : 0);
    if ((other >> bit) & 1) product ^= one;
  }
  return product;
}

function readText(words: readonly number[]): string {
  const bits = words.flatMap((word) => Array.from({ length: 8 }, (_, bit) => isSet(word, 7 - bit)));
  if (numberOf(bits.slice(0, 4)) !== BYTES) throw new Error("the QR code holds no bytes");
  const length = numberOf(bits.slice(4, 12));
  return new TextDecoder().decode(Uint8Array.from(wordsOf(bits.slice(12, 12 + length * 8))));
}

function isSet(word: number, bit: number): boolean {
  return ((word >> bit) & 1) === 1;
}

/** Of eight bits each; what is left over is nothing. */
function wordsOf(bits: readonly boolean[]): number[] {
  const count = Math.floor(bits.length / 8);
  return Array.from({ length: count }, (_, index) =>
    numberOf(bits.slice(index * 8, index * 8 + 8)),
  );
}

function numberOf(bits: readonly boolean[]): number {
  return bits.reduce((number, bit) => number * 2 + Number(bit), 0);
}
