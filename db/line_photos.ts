import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import { type Photo, PHOTO_LIMITS, type PhotoSize } from "../domain/photos.ts";
import type { Transaction } from "./client.ts";

const photoRow = z
  .object({
    id: z.string(),
    line_id: z.string(),
    width: z.number(),
    height: z.number(),
    created_at: z.date(),
  })
  .transform((row): Photo => ({
    id: row.id,
    lineId: row.line_id,
    width: row.width,
    height: row.height,
    createdAt: row.created_at,
  }));
const photoRows = z.array(photoRow);

/** In the order in which they were added, without their bytes. */
export async function listLinePhotos(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<Photo[]> {
  const rows = await tx`
    select id, line_id, width, height, created_at
    from line_photos
    where company_id = ${companyId} and estimate_id = ${estimateId}
    order by created_at, id
    limit ${PHOTO_LIMITS.perEstimate}
  `;
  return photoRows.parse(rows);
}

/** Does nothing when the id is there already. */
export async function insertLinePhoto(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  photo: Omit<Photo, "createdAt"> & {
    readonly picture: Uint8Array;
    readonly thumbnail: Uint8Array;
    readonly createdBy: Id;
  },
): Promise<void> {
  await tx`
    insert into line_photos (
      company_id, id, estimate_id, line_id, picture, thumbnail, width, height, created_by
    )
    values (
      ${companyId}, ${photo.id}, ${estimateId}, ${photo.lineId}, ${photo.picture},
      ${photo.thumbnail}, ${photo.width}, ${photo.height}, ${photo.createdBy}
    )
    on conflict (company_id, id) do nothing
  `;
}

const bytesRow = z.object({ bytes: z.instanceof(Uint8Array) });

/** The bytes of a JPEG; null when there is no such photo on this estimate. */
export async function findLinePhoto(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  { id, size }: { readonly id: Id; readonly size: PhotoSize },
): Promise<Uint8Array | null> {
  const [row] = await tx`
    select ${tx(size)} as bytes
    from line_photos
    where company_id = ${companyId} and estimate_id = ${estimateId} and id = ${id}
  `;
  return row ? bytesRow.parse(row).bytes : null;
}

/** False when there was no such photo. */
export async function removeLinePhoto(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  id: Id,
): Promise<boolean> {
  const result = await tx`
    delete from line_photos
    where company_id = ${companyId} and estimate_id = ${estimateId} and id = ${id}
  `;
  return result.count > 0;
}
