import type { z } from "zod";

/** What a program has to know of an operation besides its request, which the route's own checks tell. */
export interface Operation {
  /** English, one line. */
  readonly summary: string;
  /** By status; "empty": no body; "bytes": a file. */
  readonly answers: Readonly<Record<number, z.ZodType | "empty" | "bytes">>;
}
