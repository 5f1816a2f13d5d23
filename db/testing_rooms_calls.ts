import type { Quantity } from "../domain/quantity.ts";
import * as rooms from "./estimate_rooms.ts";
import * as photos from "./line_photos.ts";
import type { Call } from "./testing_agreement_calls.ts";
import { testId } from "./testing_ids.ts";

const metre = 10_000_000n as Quantity;

/** Queries of rooms and photos. */
export const ROOM_CALLS: Readonly<Record<string, Call>> = {
  "estimate_rooms.listRooms": (tx, companyId, aim) =>
    rooms.listRooms(tx, companyId, aim.estimateId),
  "estimate_rooms.putRooms": (tx, companyId, aim) =>
    rooms.putRooms(tx, companyId, aim.estimateId, [
      {
        id: aim.roomId,
        position: "a1",
        name: "взлом",
        length: metre,
        width: metre,
        height: metre,
        openings: [{ kind: "door", width: metre, height: metre, count: 1 }],
      },
    ]),
  "estimate_rooms.removeRooms": (tx, companyId, aim) =>
    rooms.removeRooms(tx, companyId, aim.estimateId, [aim.roomId]),

  "line_photos.listLinePhotos": (tx, companyId, aim) =>
    photos.listLinePhotos(tx, companyId, aim.estimateId),
  "line_photos.insertLinePhoto": (tx, companyId, aim) =>
    photos.insertLinePhoto(tx, companyId, aim.estimateId, {
      id: testId(),
      lineId: aim.lineId,
      width: 2,
      height: 1,
      picture: new Uint8Array([1]),
      thumbnail: new Uint8Array([2]),
      createdBy: aim.foremanId,
    }),
  "line_photos.findLinePhoto": (tx, companyId, aim) =>
    photos.findLinePhoto(tx, companyId, aim.estimateId, { id: aim.photoId, size: "picture" }),
  "line_photos.removeLinePhoto": (tx, companyId, aim) =>
    photos.removeLinePhoto(tx, companyId, aim.estimateId, aim.photoId),
};
