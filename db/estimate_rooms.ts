import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import { openingSchema, type Room } from "../domain/measures.ts";
import { formatQuantity } from "../domain/quantity.ts";
import type { Transaction } from "./client.ts";
import { quantityColumn } from "./columns.ts";

/** More than an estimate may hold; a guard, not a page. */
const EVERYTHING = 1000;

const roomRow = z.object({
  id: z.string(),
  position: z.string(),
  name: z.string(),
  length: quantityColumn,
  width: quantityColumn,
  height: quantityColumn,
  openings: z.array(openingSchema),
});
const roomRows = z.array(roomRow);

export async function listRooms(tx: Transaction, companyId: Id, estimateId: Id): Promise<Room[]> {
  const rows = await tx`
    select id, position, name, length, width, height, openings
    from estimate_rooms
    where company_id = ${companyId} and estimate_id = ${estimateId}
    order by position, id
    limit ${EVERYTHING}
  `;
  return roomRows.parse(rows);
}

/** Inserts or replaces rooms. */
export async function putRooms(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  rooms: readonly Room[],
): Promise<void> {
  if (rooms.length === 0) return;
  const rows = rooms.map((room) => ({
    ...room,
    length: formatQuantity(room.length),
    width: formatQuantity(room.width),
    height: formatQuantity(room.height),
    openings: z.encode(z.array(openingSchema), room.openings),
  }));
  await tx`
    insert into estimate_rooms (
      company_id, estimate_id, id, position, name, length, width, height, openings
    )
    select ${companyId}, ${estimateId}, id, position, name, length, width, height, openings
    from jsonb_to_recordset(${tx.json(rows)}) as given (
      id uuid, position text, name text, length numeric, width numeric, height numeric,
      openings jsonb
    )
    on conflict (company_id, estimate_id, id) do update
    set position = excluded.position, name = excluded.name, length = excluded.length,
      width = excluded.width, height = excluded.height, openings = excluded.openings
  `;
}

export async function removeRooms(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  ids: readonly Id[],
): Promise<void> {
  if (ids.length === 0) return;
  await tx`
    delete from estimate_rooms
    where company_id = ${companyId} and estimate_id = ${estimateId}
      and id = any(${[...ids]}::uuid[])
  `;
}
