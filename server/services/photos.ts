import { AppError, notFound } from "../../domain/errors.ts";
import { type Id, isId } from "../../domain/ids.ts";
import { PHOTO_LIMITS, type PhotoService } from "../../domain/photos.ts";
import { findEstimate } from "../../db/estimates.ts";
import { findLines } from "../../db/estimate_lines.ts";
import {
  findLinePhoto,
  insertLinePhoto,
  listLinePhotos,
  removeLinePhoto,
} from "../../db/line_photos.ts";
import { demandReadable } from "./estimate_cards.ts";
import { readJpegSize } from "./jpeg.ts";
import { demand, type Scope } from "./scope.ts";
import { byId } from "./input.ts";

/** Wider or higher than any screen needs: the browser was to make it smaller. */
const MAX_SIDE = 4096;

export function createPhotoService(scope: Scope): PhotoService {
  const { tx, actor } = scope;

  async function demandEstimate(id: Id, action: "estimate.read" | "estimate.edit"): Promise<void> {
    const found = await byId(id, () => findEstimate(tx, actor.companyId, id));
    const estimate = demandReadable(scope, found);
    if (estimate.isRemoved) throw notFound("Смета");
    demand(scope, action, { ownerIds: [estimate.foremanId, estimate.createdBy] });
  }

  return {
    list: async (estimateId) => {
      await demandEstimate(estimateId, "estimate.read");
      return await listLinePhotos(tx, actor.companyId, estimateId);
    },
    add: async (estimateId, { id, lineId, picture, thumbnail }) => {
      await demandEstimate(estimateId, "estimate.edit");
      if (!isId(id)) throw photoNotFound();
      const size = demandJpeg(picture, PHOTO_LIMITS.picture);
      demandJpeg(thumbnail, PHOTO_LIMITS.thumbnail);
      const photos = await listLinePhotos(tx, actor.companyId, estimateId);
      const known = photos.find((photo) => photo.id === id);
      if (known) return known;
      const [line] = isId(lineId) ? await findLines(tx, actor.companyId, estimateId, [lineId]) : [];
      if (!line) throw new AppError("not_found", "Этой строки больше нет: фото некуда прикрепить.");
      demandRoom(photos.length, photos.filter((photo) => photo.lineId === lineId).length);
      await insertLinePhoto(tx, actor.companyId, estimateId, {
        id,
        lineId,
        picture,
        thumbnail,
        createdBy: actor.userId,
        ...size,
      });
      return { id, lineId, ...size, createdAt: scope.now };
    },
    read: async (estimateId, id, size) => {
      await demandEstimate(estimateId, "estimate.read");
      const bytes = await byId(id, () =>
        findLinePhoto(tx, actor.companyId, estimateId, { id, size }),
      );
      if (!bytes) throw photoNotFound();
      return bytes;
    },
    remove: async (estimateId, id) => {
      await demandEstimate(estimateId, "estimate.edit");
      const isGone = isId(id) && (await removeLinePhoto(tx, actor.companyId, estimateId, id));
      if (!isGone) throw photoNotFound();
    },
  };
}

function demandJpeg(bytes: Uint8Array, maximum: number): { width: number; height: number } {
  if (bytes.byteLength > maximum) {
    throw new AppError("limit", "Фото слишком большое. Снимите его ещё раз.");
  }
  const size = readJpegSize(bytes);
  const isSane = size && Math.min(size.width, size.height) > 0;
  if (!isSane || Math.max(size.width, size.height) > MAX_SIDE) {
    throw new AppError("invalid", "Не получилось прочитать фото. Снимите его ещё раз.");
  }
  return size;
}

function demandRoom(onEstimate: number, onLine: number): void {
  if (onLine >= PHOTO_LIMITS.perLine) {
    throw new AppError("limit", "На одной строке может быть не больше 20 фото.");
  }
  if (onEstimate >= PHOTO_LIMITS.perEstimate) {
    throw new AppError("limit", "В одной смете может быть не больше 500 фото.");
  }
}

function photoNotFound(): AppError {
  return new AppError("not_found", "Этого фото больше нет.");
}
