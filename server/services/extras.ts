import { createHash } from "node:crypto";
import { addDays } from "../../domain/calendar.ts";
import { emptyContent, type Header } from "../../domain/estimate/estimate.ts";
import { isEditable } from "../../domain/estimate/status.ts";
import { AppError } from "../../domain/errors.ts";
import {
  type Contract,
  type ExtraDetails,
  type ExtraService,
  type ExtraPhoto,
  EXTRA_PHOTO_LIMITS,
  photoTypeOf,
  reasonSchema,
  sumApproved,
} from "../../domain/extras.ts";
import type { Id } from "../../domain/ids.ts";
import { seesOnlyOwn } from "../../domain/access.ts";
import { listAdjustments } from "../../db/estimate_lines.ts";
import type { EstimateState } from "../../db/estimates.ts";
import { findNextExtraSequence, listOpenContracts, setExtraReason } from "../../db/extras.ts";
import {
  findExtraPhoto,
  insertExtraPhoto,
  listExtraPhotos,
  removeExtraPhoto,
} from "../../db/extra_photos.ts";
import { isAgreed, readMain, readMoney } from "./contracts.ts";
import { changeEstimate } from "./estimate_changes.ts";
import { insertEmpty, VALID_FOR } from "./estimate_creation.ts";
import { byId, readInput } from "./input.ts";
import { lockOwnEstimate, readOwnEstimate } from "./revisions.ts";
import { demand, type Scope } from "./scope.ts";
import { readToday } from "./actor.ts";

export function createExtraService(scope: Scope): ExtraService {
  const { tx, actor } = scope;
  return {
    openContracts: async (limit) => {
      demand(scope, "estimate.read");
      const ownerId = seesOnlyOwn(actor) ? actor.userId : null;
      return listOpenContracts(tx, actor.companyId, { ownerId, limit: Math.min(limit, 100) });
    },
    contract: (estimateId) => readContract(scope, estimateId),
    create: (parentId, { reason }) => createExtra(scope, parentId, reason),
    details: (id) => readDetails(scope, id),
    setReason: async (id, reason) => {
      const extra = await lockEditable(scope, id);
      await setExtraReason(tx, actor.companyId, extra.id, readReason(reason));
    },
    addPhoto: (id, bytes) => addPhoto(scope, id, bytes),
    removePhoto: async (id, photoId) => {
      const extra = await lockEditable(scope, id);
      await removeExtraPhoto(tx, actor.companyId, extra.id, photoId);
    },
    photo: async (id, photoId) => {
      const estimate = await readOwnEstimate(scope, id);
      const photo = await byId(photoId, () =>
        findExtraPhoto(tx, actor.companyId, estimate.id, photoId),
      );
      if (!photo) throw new AppError("not_found", "Этого фото нет. Возможно, его удалили.");
      return photo;
    },
  };
}

async function readContract(scope: Scope, estimateId: Id): Promise<Contract | null> {
  const main = await readMain(scope, estimateId);
  if (!(await isAgreed(scope, main))) return null;
  const { total, extras, balance } = await readMoney(scope, main);
  return {
    estimateId: main.id,
    number: main.number,
    total,
    extrasTotal: sumApproved(extras),
    extras,
    balance,
  };
}

/**
 * What is hidden in the parent's prices is hidden in the extra's, too; its discount is not given again.
 */
async function createExtra(scope: Scope, parentId: Id, given: string): Promise<Id> {
  const reason = readReason(given);
  const { tx, actor, newId } = scope;
  const { companyId } = actor;
  const parent = await lockOwnEstimate(scope, parentId);
  demand(scope, "estimate.create");
  demand(scope, "estimate.edit", { ownerIds: [parent.foremanId, parent.createdBy] });
  if (parent.extra || parent.status !== "approved") throw notApproved();
  const { projectId, clientId, vat, priceKind } = parent.header;
  const date = await readToday(scope);
  const header: Header = {
    ...emptyContent().header,
    title: `Доп. работа к смете ${parent.number}`,
    projectId,
    clientId,
    vat,
    priceKind,
    date,
    validUntil: addDays(date, VALID_FOR),
  };
  const sequence = await findNextExtraSequence(tx, companyId, parent.id);
  const extra = { parentId: parent.id, sequence, reason };
  const { year, foremanId } = parent;
  const place = { year, sequence: parent.sequence, header, foremanId, extra };
  const id = await insertEmpty(scope, place, "bot");
  const hidden = (await listAdjustments(tx, companyId, parent.id)).filter((row) => row.isHidden);
  if (hidden.length > 0) {
    const changes = hidden.map((adjustment) => ({
      id: newId(),
      type: "adjustment.add" as const,
      adjustment,
    }));
    await changeEstimate(scope, id, { baseVersion: null, changes, source: "bot", isFresh: true });
  }
  return id;
}

async function readDetails(scope: Scope, id: Id): Promise<ExtraDetails | null> {
  const { extra } = await readOwnEstimate(scope, id);
  if (!extra) return null;
  const parent = await readOwnEstimate(scope, extra.parentId);
  const photos = await listExtraPhotos(
    scope.tx,
    scope.actor.companyId,
    id,
    EXTRA_PHOTO_LIMITS.count,
  );
  return { parent: { id: parent.id, number: parent.number }, reason: extra.reason, photos };
}

async function addPhoto(scope: Scope, id: Id, bytes: Uint8Array): Promise<ExtraPhoto> {
  const { tx, actor, newId } = scope;
  const extra = await lockEditable(scope, id);
  const mediaType = photoTypeOf(bytes);
  if (mediaType === null) throw new AppError("invalid", "Это не фото: нужен JPEG, PNG или WebP.");
  if (bytes.length > EXTRA_PHOTO_LIMITS.size) {
    throw new AppError("limit", "Фото больше 2 МБ. Пришлите его как фото, а не файлом.");
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const photos = await listExtraPhotos(tx, actor.companyId, extra.id, EXTRA_PHOTO_LIMITS.count);
  const same = photos.find((photo) => photo.sha256 === sha256);
  if (same) return same;
  if (photos.length >= EXTRA_PHOTO_LIMITS.count) {
    throw new AppError(
      "limit",
      `К доп. работе можно приложить до ${EXTRA_PHOTO_LIMITS.count} фото.`,
    );
  }
  const photo = { id: newId(), sha256, mediaType };
  await insertExtraPhoto(tx, actor.companyId, extra.id, {
    ...photo,
    bytes,
    createdBy: actor.userId,
  });
  return photo;
}

/** An extra that is being edited, locked. */
async function lockEditable(scope: Scope, id: Id): Promise<EstimateState> {
  const estimate = await lockOwnEstimate(scope, id);
  demand(scope, "estimate.edit", { ownerIds: [estimate.foremanId, estimate.createdBy] });
  if (!estimate.extra)
    throw new AppError("conflict", "Причина и фото бывают только у доп. работы.");
  if (!isEditable(estimate.status)) {
    throw new AppError(
      "frozen",
      "Доп. работа уже отправлена, она не меняется. Создайте новую версию.",
    );
  }
  return estimate;
}

function readReason(reason: string): string {
  return readInput(reasonSchema, reason, { "": "Причина" });
}

function notApproved(): AppError {
  return new AppError("conflict", "Доп. работа добавляется только к утверждённой смете.");
}
