import { expect, it } from "vitest";
import { nextCourse, type Step, stepAfter } from "./scan_steps.ts";

/** Kinds that one scan for changes reads, and how the next one begins. */
function scanOnce(start: { step: Step; rest: Step[] }, pagesOf: (step: Step) => number) {
  const read: Step[] = [];
  let asked = 0;
  let course = start;
  for (;;) {
    read.push(course.step);
    asked += pagesOf(course.step);
    const next = stepAfter({ mode: "changes", ...course, asked });
    if (next === null) break;
    course = next;
  }
  return { read, asked, next: nextCourse({ mode: "changes", ...course, asked }) };
}

const first = nextCourse({ mode: "full", step: "deleted", rest: [], asked: 403 });

it("a quiet hour reads every kind", () => {
  const { read, asked } = scanOnce(first, () => 1);
  expect(read).toEqual(["contacts", "leads", "companies", "deleted"]);
  expect(asked).toBe(4);
});

it("busy hours take six requests each, and every kind has its turn", () => {
  const busy = (step: Step) => (step === "contacts" ? 5 : 1);
  let start = first;
  const turns: Step[][] = [];
  for (let hour = 0; hour < 4; hour += 1) {
    const { read, asked, next } = scanOnce(start, busy);
    expect(asked).toBe(6);
    turns.push(read);
    start = next;
  }
  expect(turns).toEqual([
    ["contacts", "leads"],
    ["contacts", "companies"],
    ["contacts", "deleted"],
    ["contacts", "leads"],
  ]);
});

it("an hour in which half of the contacts changed still reads one kind more", () => {
  const { read } = scanOnce(first, (step) => (step === "contacts" ? 200 : 1));
  expect(read).toEqual(["contacts", "leads"]);
});

it("a full scan reads everything, whatever it takes", () => {
  expect(stepAfter({ mode: "full", step: "companies", asked: 400 })).toEqual({
    step: "contacts",
    rest: ["leads", "deleted"],
  });
  expect(stepAfter({ mode: "full", step: "deleted", asked: 400 })).toBeNull();
});
