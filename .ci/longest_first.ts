import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The longest tests, the longest first. vitest starts with the largest files until it has seen how long
 * each takes, which a fresh clone has not; one of these that starts last holds up everybody.
 */
export const LONGEST: readonly string[] = [
  "server/crm/killed.test.ts",
  "bench/faults/faults.test.ts",
  "server/newcomer.test.ts",
  "db/embedded.test.ts",
  "server/routes/miniapp_editor.test.ts",
  "server/routes/miniapp_screens.test.ts",
  "server/jobs/telegram_notify.test.ts",
  "db/tenancy_queries.test.ts",
  "server/stopping.test.ts",
];

export interface Place {
  /** Path of the file. */
  readonly moduleId: string;
  readonly project: { readonly name: string };
}

/** The longest, then whatever needs a database, then the quick ones, which fill up the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}

export function longestFirst<Spec extends Place>(files: readonly Spec[]): Spec[] {
  return files.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ moduleId, project }: Place): number {
  const place = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`));
  if (place !== -1) return place;
  return project.name === "pure" ? LONGEST.length + 1 : LONGEST.length;
}
