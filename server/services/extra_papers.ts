import { EXTRA_PHOTO_LIMITS } from "../../domain/extras.ts";
import { type Id, isId } from "../../domain/ids.ts";
import { add, subtract, ZERO } from "../../domain/money.ts";
import { computeTotals } from "../../domain/estimate/totals.ts";
import { sumApproved } from "../../domain/extras.ts";
import type { Transaction } from "../../db/client.ts";
import { listAdjustments } from "../../db/estimate_lines.ts";
import { type EstimateState, findEstimate } from "../../db/estimates.ts";
import { findExtraPhoto, listExtraPhotos } from "../../db/extra_photos.ts";
import { listExtras } from "../../db/extras.ts";
import { findFrozen } from "../../db/revisions.ts";
import type { DocumentExtra, DocumentPicture } from "../documents/estimate_document.ts";
import { type FrozenDocument, readFrozen } from "../documents/frozen_document.ts";
import type { ClientExtra } from "./client_contract.ts";
import { MANY_EXTRAS } from "./contracts.ts";
import type { CompanyScope } from "./scope.ts";

/** What the papers of extra work say of it; null for other estimates. */
export async function readDocumentExtra(
  tx: Transaction,
  companyId: Id,
  { id, extra }: EstimateState,
): Promise<DocumentExtra | null> {
  if (!extra) return null;
  const [parent, photos] = await Promise.all([
    findEstimate(tx, companyId, extra.parentId),
    listExtraPhotos(tx, companyId, id, EXTRA_PHOTO_LIMITS.count),
  ]);
  return {
    parentNumber: parent?.number ?? "",
    reason: extra.reason,
    photos: photos.map(({ sha256 }) => sha256),
  };
}

/** The pictures that a paper names, as far as they are still there. */
export async function readDocumentPictures(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  extra: DocumentExtra | undefined,
): Promise<DocumentPicture[]> {
  if (!extra || extra.photos.length === 0) return [];
  const named = new Set(extra.photos);
  const photos = await listExtraPhotos(tx, companyId, estimateId, EXTRA_PHOTO_LIMITS.count);
  const pictures: DocumentPicture[] = [];
  for (const { id, sha256 } of photos.filter((photo) => named.has(photo.sha256))) {
    const photo = await findExtraPhoto(tx, companyId, estimateId, id);
    if (photo) pictures.push({ sha256, ...photo });
  }
  return pictures;
}

/** The pictures of the frozen document, and what is agreed besides it. */
export async function readClientExtra(
  { tx, actor }: CompanyScope,
  { id, extra }: EstimateState,
  document: FrozenDocument,
): Promise<ClientExtra | null> {
  if (!extra || !document.extra) return null;
  const { companyId } = actor;
  const [parent, adjustments, extras, photos] = await Promise.all([
    findEstimate(tx, companyId, extra.parentId),
    listAdjustments(tx, companyId, extra.parentId),
    listExtras(tx, companyId, extra.parentId, MANY_EXTRAS),
    listExtraPhotos(tx, companyId, id, EXTRA_PHOTO_LIMITS.count),
  ]);
  const own = extras.find((known) => known.id === id);
  const ofOthers = subtract(sumApproved(extras), own?.isApproved ? own.total : ZERO);
  const ofParent = parent
    ? computeTotals({ ...parent.header, sums: parent.sums, adjustments }).total
    : ZERO;
  const frozen = new Set(document.extra.photos);
  return {
    photoIds: photos.filter(({ sha256 }) => frozen.has(sha256)).map((photo) => photo.id),
    agreedBefore: add(ofParent, ofOthers),
  };
}

/** Null for a picture that is not of the frozen document. */
export async function readFrozenPhoto(
  { tx, actor }: CompanyScope,
  { revision }: { readonly revision: { readonly id: Id; readonly estimateId: Id } },
  id: Id,
) {
  const { companyId } = actor;
  if (!isId(id)) return null;
  const frozen = await findFrozen(tx, companyId, revision.id);
  const shown = frozen ? (readFrozen(frozen.document).extra?.photos ?? []) : [];
  const photos = await listExtraPhotos(
    tx,
    companyId,
    revision.estimateId,
    EXTRA_PHOTO_LIMITS.count,
  );
  const photo = photos.find((known) => known.id === id && shown.includes(known.sha256));
  return photo ? findExtraPhoto(tx, companyId, revision.estimateId, photo.id) : null;
}
