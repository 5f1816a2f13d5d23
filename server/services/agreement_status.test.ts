import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHANNELS, type Revision } from "../../domain/agreement.ts";
import {
  ESTIMATE_STATUSES,
  type EstimateStatus,
  statusAfter,
} from "../../domain/estimate/status.ts";
import { AppError } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { newEstimate, newPeople, submit, type TestPeople } from "./testing_agreement.ts";
import { createSteps, type Steps } from "./testing_steps.ts";

let work: TestWork;
let people: TestPeople;
let steps: Steps["steps"];
let as: Steps["as"];
let cardOf: Steps["cardOf"];
let estimateIn: Steps["estimateIn"];

beforeAll(async () => {
  work = await createTestWork();
  people = await newPeople(work);
  ({ steps, as, cardOf, estimateIn } = createSteps(work, people));
});

afterAll(() => work.close());

const STEP_NAMES = ["submit", "approve", "return", "withdraw", "revise", "archive"] as const;
const ROLES = ["owner", "manager", "foreman"] as const;

interface Given {
  readonly step: (typeof STEP_NAMES)[number];
  readonly status: EstimateStatus;
  readonly role: (typeof ROLES)[number];
}

const matrix: Given[] = STEP_NAMES.flatMap((step) =>
  ESTIMATE_STATUSES.flatMap((status) => ROLES.map((role) => ({ step, status, role }))),
);

/** Second taps of those who brought the estimate into its status; see `estimateIn`. */
const REPEATS = new Set([
  "approve approved manager",
  "approve archived manager",
  "return returned manager",
  "withdraw draft foreman",
]);

function expectedOf({ step, status, role }: Given): string {
  const isDecision = step === "approve" || step === "return";
  if (isDecision && role === "foreman") return "forbidden";
  const isAllowed = statusAfter(status, step) !== null;
  if (step === "archive") return isAllowed || status === "archived" ? "archived" : "conflict";
  if (isAllowed) return step === "submit" ? "submitted" : "done";
  return REPEATS.has(`${step} ${status} ${role}`) ? "repeat" : "late";
}

async function observe({ step, role }: Given, id: Id, revision: Revision): Promise<string> {
  try {
    const result = await steps[step](people[role], id, revision);
    if (!result) return "archived";
    return result.outcome === "done" && result.isRepeat ? "repeat" : result.outcome;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe("the status machine", () => {
  it.each(matrix)("$step by the $role on an estimate that is $status", async (given) => {
    const { id, revision } = await estimateIn(given.status);
    const expected = expectedOf(given);
    expect(await observe(given, id, revision)).toBe(expected);
    const isTaken = ["submitted", "done", "archived"].includes(expected);
    const next = isTaken ? statusAfter(given.status, given.step) : null;
    expect((await cardOf(id)).status).toBe(next ?? given.status);
  });

  it.each(CHANNELS)(
    "approves and returns through the door «%s» and writes it down",
    async (channel) => {
      for (const step of ["approve", "giveBack"] as const) {
        const { foreman, manager } = people;
        const { id } = await newEstimate(work, foreman);
        const { id: revisionId } = await submit(work, foreman, id);
        const result = await as(manager, (agreement) =>
          agreement[step]({ revisionId }, { channel, reason: "Причина" }),
        );
        expect(result).toMatchObject({
          outcome: "done",
          isRepeat: false,
          revision: { decisions: [{ channel, name: "Пётр Начальник", userId: manager.userId }] },
        });
      }
    },
  );
});
