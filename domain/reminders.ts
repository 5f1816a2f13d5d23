import { addDays, type Day } from "./calendar.ts";

/** Working hours in which reminders come, by the company's time: from 9, and not after 20. */
export const REMINDING_HOURS = { from: 9, to: 20 } as const;

/** Days before the promised prices end. */
const DAYS_BEFORE_END = [3, 1] as const;
/** What ended longer ago than this is nobody's news. */
const OLDEST_END = 14;
/** Days without an answer; with the second one the law has something to say about extra work. */
const DAYS_WITHOUT_ANSWER = [3, 10] as const;
const OLDEST_WAITING = 30;

/** The days that a look on this day is about. */
export function validityWindow(today: Day): { readonly from: Day; readonly to: Day } {
  return { from: addDays(today, -OLDEST_END), to: addDays(today, DAYS_BEFORE_END[0]) };
}

/** The mark that is reached: 3 or 1 days before the end, or "expired"; null outside the window. */
export function validityMark(validUntil: Day, today: Day): "3" | "1" | "expired" | null {
  const { from, to } = validityWindow(today);
  if (validUntil < from || validUntil > to) return null;
  if (validUntil < today) return "expired";
  return validUntil <= addDays(today, DAYS_BEFORE_END[1]) ? "1" : "3";
}

/** Instants before and after which nothing is reminded of, in ms since 1970. */
export function waitingWindow(now: Date): { readonly from: Date; readonly to: Date } {
  const day = 24 * 3600 * 1000;
  return {
    from: new Date(now.getTime() - (OLDEST_WAITING + 1) * day),
    // A day less: how many days it waits is counted by the calendar.
    to: new Date(now.getTime() - (DAYS_WITHOUT_ANSWER[0] - 1) * day),
  };
}

/** 3 or 10: days that it waits without an answer, by the calendar; null when it is too early or late. */
export function waitingMark(submittedOn: Day, today: Day): 3 | 10 | null {
  const [first, second] = DAYS_WITHOUT_ANSWER;
  if (submittedOn < addDays(today, -OLDEST_WAITING)) return null;
  // The term of ГК РФ, ст. 743 п. 3 has to be over.
  if (submittedOn < addDays(today, -second)) return second;
  return submittedOn <= addDays(today, -first) ? first : null;
}

/** Days after which a payment is not due but late. */
const DAYS_TO_LATE = 7;
const OLDEST_DUE = 30;

/** The days of payments that a look on this day is about. */
export function dueWindow(today: Day): { readonly from: Day; readonly to: Day } {
  return { from: addDays(today, -OLDEST_DUE), to: today };
}

/** "due", or "late" after a week; null outside the window. */
export function dueMark(dueOn: Day, today: Day): "due" | "late" | null {
  const { from, to } = dueWindow(today);
  if (dueOn < from || dueOn > to) return null;
  return dueOn <= addDays(today, -DAYS_TO_LATE) ? "late" : "due";
}
