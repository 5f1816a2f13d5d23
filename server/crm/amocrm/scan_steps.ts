import { z } from "zod";

export const STEPS = ["companies", "contacts", "leads", "deleted"] as const;
export type Step = (typeof STEPS)[number];

/** An hourly look takes no more where it can: contacts are most of what there is. */
const ROOM = 6; // requests

export const stepsSchema = {
  step: z.enum(STEPS),
  /** Behind `step`, in this order. Missing in the cursors of older versions. */
  rest: z.array(z.enum(STEPS)).optional(),
  /** Requests of this scan so far. */
  asked: z.number().int().default(0),
};

interface Course {
  readonly mode: "full" | "changes";
  readonly step: Step;
  readonly rest?: readonly Step[] | undefined;
  readonly asked: number;
}

/**
 * What is read after `step`. Null: this scan is over. A scan for changes that used its room up leaves
 * the other kinds to the next one, which reads them before those that were read now: each has its own
 * time to go on from, so it comes later, and nothing is lost.
 */
export function stepAfter(course: Course): { step: Step; rest: Step[] } | null {
  const [step, ...rest] = restOf(course);
  const isRoomUsed = course.mode === "changes" && course.asked >= ROOM;
  // One other kind besides contacts always: the rest of a busy day would never come.
  if (step === undefined || (isRoomUsed && course.step !== "contacts")) return null;
  return { step, rest };
}

/** Contacts first, for they decide what room is left; then who has waited longest. */
export function nextCourse(course: Course): { step: Step; rest: Step[] } {
  const left = restOf(course).filter((step) => step !== "contacts");
  const read = (["leads", "companies", "deleted"] as const).filter((step) => !left.includes(step));
  return { step: "contacts", rest: [...left, ...read] };
}

function restOf({ step, rest }: Course): readonly Step[] {
  return rest ?? STEPS.slice(STEPS.indexOf(step) + 1);
}
