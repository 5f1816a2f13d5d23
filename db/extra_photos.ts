import { z } from "zod";
import { type ExtraPhoto, photoTypeSchema, type PhotoType } from "../domain/extras.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

const photoRow = z
  .object({ id: z.string(), sha256: z.string(), media_type: photoTypeSchema })
  .transform((row): ExtraPhoto => ({ id: row.id, sha256: row.sha256, mediaType: row.media_type }));
const photoRows = z.array(photoRow);

/** False when the estimate has this picture already. */
export async function insertExtraPhoto(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  photo: ExtraPhoto & { readonly bytes: Uint8Array; readonly createdBy: Id },
): Promise<boolean> {
  const result = await tx`
    insert into extra_photos (
      company_id, estimate_id, id, sha256, media_type, bytes, created_by
    )
    values (
      ${companyId}, ${estimateId}, ${photo.id}, ${photo.sha256}, ${photo.mediaType},
      ${photo.bytes}, ${photo.createdBy}
    )
    on conflict (company_id, estimate_id, sha256) do nothing
  `;
  return result.count > 0;
}

/** In the order in which they came, without their bytes. */
export async function listExtraPhotos(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  limit: number,
): Promise<ExtraPhoto[]> {
  const rows = await tx`
    select id, sha256, media_type
    from extra_photos
    where company_id = ${companyId} and estimate_id = ${estimateId}
    order by id
    limit ${limit}
  `;
  return photoRows.parse(rows);
}

export async function findExtraPhoto(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  id: Id,
): Promise<{ mediaType: PhotoType; bytes: Uint8Array } | null> {
  const [row] = await tx`
    select media_type, bytes
    from extra_photos
    where company_id = ${companyId} and estimate_id = ${estimateId} and id = ${id}
  `;
  if (!row) return null;
  const found = z
    .object({ media_type: photoTypeSchema, bytes: z.instanceof(Uint8Array) })
    .parse(row);
  return { mediaType: found.media_type, bytes: found.bytes };
}

export async function removeExtraPhoto(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  id: Id,
): Promise<void> {
  await tx`
    delete from extra_photos
    where company_id = ${companyId} and estimate_id = ${estimateId} and id = ${id}
  `;
}
