import type { Id } from "./ids.ts";

/** What one picture may weigh; the browser makes it this small before it sends it. */
export const PHOTO_LIMITS = {
  /** Bytes of the large picture and of the one for lists. */
  picture: 1024 * 1024,
  thumbnail: 64 * 1024,
  perLine: 20,
  perEstimate: 500,
} as const;

/** A photo on a line: for the people of the company, never in a client's view. */
export interface Photo {
  readonly id: Id;
  readonly lineId: Id;
  /** Of the large picture, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly createdAt: Date;
}

export const PHOTO_SIZES = ["picture", "thumbnail"] as const;
export type PhotoSize = (typeof PHOTO_SIZES)[number];

export interface PhotoService {
  /** Of all lines, in the order in which they were added. */
  list(estimateId: Id): Promise<readonly Photo[]>;
  /** Two JPEG files. The id is made by the client: sending the same again is harmless. */
  add(
    estimateId: Id,
    photo: { id: Id; lineId: Id; picture: Uint8Array; thumbnail: Uint8Array },
  ): Promise<Photo>;
  read(estimateId: Id, id: Id, size: PhotoSize): Promise<Uint8Array>;
  remove(estimateId: Id, id: Id): Promise<void>;
}
