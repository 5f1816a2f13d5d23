export type ImageSize = { width: number; height: number };

/** Width and height from the header of a JPEG, PNG, GIF or WebP; null for anything else. */
export function readImageSize(bytes: Uint8Array): ImageSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length > 24 && text(1, 4) === "PNG") {
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (bytes.length > 10 && text(0, 3) === "GIF") {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (bytes.length > 30 && text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return webp(view, text);
  if (bytes.length > 4 && view.getUint16(0) === 0xffd8) return jpeg(view);
  return null;
}

function webp(view: DataView, text: (from: number, to: number) => string): ImageSize | null {
  const format = text(12, 16);
  if (format === "VP8X") {
    const at = (offset: number) => (view.getUint32(offset, true) & 0xffffff) + 1;
    return { width: at(24), height: at(27) };
  }
  if (format === "VP8L") {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (format === "VP8 ") {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  return null;
}

/** Walks the segments to the frame header (SOF0…SOF15, without DHT, JPG and DAC). */
function jpeg(view: DataView): ImageSize | null {
  let position = 2;
  while (position + 9 < view.byteLength) {
    if (view.getUint8(position) !== 0xff) return null;
    const marker = view.getUint8(position + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return { height: view.getUint16(position + 5), width: view.getUint16(position + 7) };
    }
    position += 2 + view.getUint16(position + 2);
  }
  return null;
}
