import { PHOTO_LIMITS } from "../../../domain/photos.ts";

/** The longer side, in pixels: enough to read a label on a bag of plaster. */
const PICTURE_SIDE = 1600;
const THUMBNAIL_SIDE = 240;

/** A phone on a building site sends half a megabyte in ten seconds. */
const PICTURE_BYTES = 500 * 1024;

/**
 * A photo of the phone's camera as two small JPEG files. Drawing it anew takes out what the camera wrote
 * beside the picture, the place among it. Throws when the file is no picture that this browser knows.
 */
export async function shrinkPhoto(file: Blob): Promise<{ picture: File; thumbnail: File }> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const picture = await draw(bitmap, PICTURE_SIDE, PICTURE_BYTES);
    const thumbnail = await draw(bitmap, THUMBNAIL_SIDE, PHOTO_LIMITS.thumbnail);
    return {
      picture: new File([picture], "picture.jpg", { type: "image/jpeg" }),
      thumbnail: new File([thumbnail], "thumbnail.jpg", { type: "image/jpeg" }),
    };
  } finally {
    bitmap.close();
  }
}

/** As good as fits; a picture full of details loses some of them. */
async function draw(bitmap: ImageBitmap, side: number, maximum: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser does not draw");
  // What is transparent would be black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  for (const quality of [0.82, 0.7, 0.55, 0.4]) {
    const blob = await encode(canvas, quality);
    if (blob.size <= maximum) return blob;
  }
  return await encode(canvas, 0.25);
}

function encode(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const finish = (blob: Blob | null) => {
      if (blob) resolve(blob);
      else reject(new Error("this browser does not write JPEG"));
    };
    canvas.toBlob(finish, "image/jpeg", quality);
  });
}
