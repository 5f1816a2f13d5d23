import type { Change } from "../../../domain/estimate/changes.ts";
import { type Content, inOrder } from "../../../domain/estimate/estimate.ts";
import type { Id } from "../../../domain/ids.ts";
import type { Room } from "../../../domain/measures.ts";
import type { Quantity } from "../../../domain/quantity.ts";
import { newId } from "../new_id.ts";
import { placeAt } from "./places.ts";

export type RoomFields = Partial<Omit<Room, "id" | "position">>;

/** As high as most flats: one number less to type. */
const USUAL_HEIGHT = 27_000_000n as Quantity;

/** A room that is not measured yet, behind the others. */
export function addRoom(content: Content, name: string): Change[] {
  const siblings = inOrder(content.rooms.values());
  const { position } = placeAt(siblings, siblings.length);
  const zero = 0n as Quantity;
  const height = siblings.at(-1)?.height ?? USUAL_HEIGHT;
  const size = { length: zero, width: zero, height };
  const room: Room = { id: newId(), position, name, ...size, openings: [] };
  return [{ id: newId(), type: "room.add", room }];
}

export function setRoom(roomId: Id, set: RoomFields): Change[] {
  return [{ id: newId(), type: "room.set", roomId, set }];
}

export function removeRoom(roomId: Id): Change[] {
  return [{ id: newId(), type: "room.remove", roomId }];
}
