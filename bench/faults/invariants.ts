import { createHash } from "node:crypto";
import { applyChanges } from "../../domain/estimate/changes.ts";
import { emptyContent, encodeContent } from "../../domain/estimate/estimate.ts";
import { totalsOf } from "../../domain/estimate/totals.ts";
import { formatMoney } from "../../domain/money.ts";
import { newId } from "../../server/new_id.ts";
import { createAsActor } from "../../server/services/work.ts";
import { createJournal, type Journal } from "./dialogue.ts";
import type { Stage } from "./stage.ts";

/** What does not hold, and how. `waiting` may still come; the others never go away. */
export interface Violation {
  readonly kind: "lost" | "doubled" | "unequal" | "waiting" | "gave up";
  readonly what: string;
}

export interface Findings {
  readonly violations: readonly Violation[];
  /** Messages that came again because the answer to the first was lost: allowed, and counted. */
  readonly resent: number;
  /** Notifications that were given up with a reason. */
  readonly visiblyFailed: number;
}

/** Holds everything that people were told against everything that is kept, sent and pushed. */
export async function judge(stage: Stage, journal: Journal): Promise<Findings> {
  const notifications = await judgeNotifications(stage, journal);
  const groups = await Promise.all([
    judgeAdded(stage, journal),
    judgeChanges(stage, journal),
    judgeEstimates(stage),
    judgeRevisions(stage, journal),
    judgeDeals(stage, journal),
    judgeWork(stage),
  ]);
  return { ...notifications, violations: [...groups.flat(), ...notifications.violations] };
}

/** What must hold in the tables alone, whatever anybody was told. */
export async function judgeKept(stage: Stage): Promise<Violation[]> {
  forgetProven(stage);
  const groups = await Promise.all([judgeEstimates(stage), judgeRevisions(stage, createJournal())]);
  return groups.flat();
}

/** `count` of something that must be there once. */
function once(count: number, what: string): Violation[] {
  if (count === 1) return [];
  return [{ kind: count === 0 ? "lost" : "doubled", what: `${what}: ${count}` }];
}

async function judgeAdded({ database, companyId }: Stage, { added }: Journal) {
  const rows = await database.sql<{ name: string; count: number }[]>`
    select name, count(*)::int as count
    from estimate_lines
    where company_id = ${companyId}
    group by name
  `;
  const counts = new Map(rows.map(({ name, count }) => [name, count]));
  return added.flatMap(({ lineName }) => once(counts.get(lineName) ?? 0, `line «${lineName}»`));
}

/** The log has a key by change, so one can't be there twice; here it is counted all the same. */
async function judgeChanges({ database, companyId }: Stage, { changes }: Journal) {
  const rows = await database.sql<{ change_id: string }[]>`
    select change_id from estimate_changes where company_id = ${companyId}
  `;
  const counts = new Map<string, number>();
  for (const { change_id: id } of rows) counts.set(id, (counts.get(id) ?? 0) + 1);
  return changes.flatMap(({ changeId }) => once(counts.get(changeId) ?? 0, `change ${changeId}`));
}

/** Estimates that held, with their version and sum: while these stay, they are not read again. */
const proven = new WeakMap<Stage["database"], Map<string, string>>();

/** Makes the next judgement look at everything anew. */
export function forgetProven(stage: Stage): void {
  proven.delete(stage.database);
}

/** The log replayed from zero is the tables, and the kept sums are the sums of the lines. */
async function judgeEstimates({ database, companyId, manager }: Stage): Promise<Violation[]> {
  const { sql } = database;
  const known = proven.get(database) ?? new Map<string, string>();
  proven.set(database, known);
  const asActor = createAsActor({
    sql,
    // Nothing is written here.
    board: { enqueueIn: () => () => Promise.resolve() },
    onCommitted: () => undefined,
    clock: () => new Date(),
    newId,
  });
  const rows = await sql<{ id: string; total: string; version: number }[]>`
    select id, total_amount as total, version from estimates where company_id = ${companyId}
  `;
  const violations: Violation[] = [];
  for (const { id, total, version } of rows) {
    const found = violations.length;
    if (known.get(id) === `${version} ${total}`) continue;
    await asActor(manager.actor, async ({ estimates }) => {
      const { content } = await estimates.content(id);
      const { changes } = await estimates.changesSince(id, 0);
      const replayed = applyChanges(emptyContent(), changes);
      if (!isSame(encodeContent(replayed), encodeContent(content))) {
        violations.push({ kind: "unequal", what: `estimate ${id}: its log and its rows` });
      }
      const counted = formatMoney(totalsOf(content).total);
      if (counted !== total) {
        violations.push({
          kind: "unequal",
          what: `estimate ${id}: ${total} kept, ${counted} true`,
        });
      }
    });
    if (violations.length === found) known.set(id, `${version} ${total}`);
  }
  return violations;
}

export function isSame(one: object, other: object): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** Rows have no order of their own: lists by id, fields by name. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  );
}

async function judgeRevisions({ database, companyId }: Stage, journal: Journal) {
  const rows = await database.sql<
    {
      id: string;
      estimate_id: string;
      status: string;
      document: string;
      sha256: string;
      frozen: string;
      now: string;
      approvals: number;
    }[]
  >`
    select
      revisions.id, revisions.estimate_id, revisions.status, revisions.document, revisions.sha256,
      revisions.total_amount as frozen, estimates.total_amount as now,
      (
        select count(*)::int
        from approvals
        where approvals.company_id = revisions.company_id
          and approvals.revision_id = revisions.id
      ) as approvals
    from estimate_revisions as revisions
    join estimates
      on estimates.company_id = revisions.company_id and estimates.id = revisions.estimate_id
    where revisions.company_id = ${companyId}
  `;
  const violations: Violation[] = [];
  for (const row of rows) {
    const hash = createHash("sha256").update(row.document).digest("hex");
    if (hash !== row.sha256) violations.push({ kind: "unequal", what: `hash of ${row.id}` });
    if (row.frozen !== row.now) {
      violations.push({ kind: "unequal", what: `revision ${row.id}: ${row.frozen} ≠ ${row.now}` });
    }
  }
  for (const { estimateId, revisionId } of journal.submitted) {
    const own = rows.filter((row) => row.estimate_id === estimateId);
    violations.push(...once(own.length, `revisions of ${estimateId}`));
    if (own[0]?.id !== revisionId)
      violations.push({ kind: "lost", what: `revision ${revisionId}` });
  }
  for (const { revisionId } of journal.approved) {
    const row = rows.find(({ id }) => id === revisionId);
    violations.push(...once(row?.approvals ?? 0, `approvals of ${revisionId}`));
    if (row?.status !== "approved")
      violations.push({ kind: "lost", what: `approval ${revisionId}` });
  }
  return violations;
}

/** One deal for an approved estimate, with the sum that was approved. */
async function judgeDeals({ portal, database, companyId }: Stage, { approved }: Journal) {
  const { deals, duplicates } = portal.invariants();
  const violations: Violation[] = duplicates.map(({ externalKey }) => ({
    kind: "doubled",
    what: `deal ${externalKey}`,
  }));
  const rows = await database.sql<{ estimate_id: string; state: string; total: string }[]>`
    select push.estimate_id, push.state, estimates.total_amount as total
    from crm_pushes as push
    join estimates on estimates.company_id = push.company_id and estimates.id = push.estimate_id
    where push.company_id = ${companyId}
  `;
  for (const { estimateId } of approved) {
    const own = deals.filter(({ externalKey }) => externalKey?.endsWith(`/${estimateId}`));
    const push = rows.find((row) => row.estimate_id === estimateId);
    if (push?.state !== "done") {
      violations.push({ kind: "waiting", what: `push of ${estimateId}: ${push?.state}` });
      continue;
    }
    violations.push(...once(own.length, `deals of ${estimateId}`));
    const [deal] = own;
    if (deal && deal.opportunity.toFixed(2) !== push.total) {
      violations.push({ kind: "unequal", what: `deal ${deal.opportunity} ≠ ${push.total}` });
    }
    if (deal && deal.files.length !== 1) {
      violations.push({ kind: deal.files.length > 1 ? "doubled" : "lost", what: "file of a deal" });
    }
  }
  return violations;
}

/** Each recipient has each notification once; a second one only after an attempt without an answer. */
async function judgeNotifications(stage: Stage, journal: Journal) {
  const { database, companyId, manager, foremen } = stage;
  const rows = await database.sql<
    {
      telegram_id: string;
      kind: string;
      status: string;
      attempts: number;
      message_id: string | null;
      error: string | null;
      revision_id: string | null;
      count: number;
    }[]
  >`
    select
      telegram_id::text, kind, status, attempts, telegram_message_id::text as message_id, error,
      content ->> 'revisionId' as revision_id, count
    from telegram_notifications
    where company_id = ${companyId}
  `;
  const violations: Violation[] = [];
  for (const row of rows) {
    if (row.status === "waiting") violations.push({ kind: "waiting", what: `notice ${row.kind}` });
    if (row.status === "failed" && !row.error) {
      violations.push({ kind: "lost", what: `notice ${row.kind} failed without a reason` });
    }
  }
  for (const [kind, entries] of [
    ["submitted", journal.submitted],
    ["approved", journal.approved],
  ] as const) {
    for (const { revisionId } of entries) {
      const own = rows.filter((row) => row.kind === kind && row.revision_id === revisionId);
      const people = new Set(own.map(({ telegram_id: id }) => id));
      const what = `notice «${kind}» of ${revisionId}`;
      if (own.length === 0) violations.push({ kind: "lost", what });
      if (own.length > people.size) violations.push({ kind: "doubled", what });
    }
  }
  let resent = 0;
  for (const { person } of [manager, ...foremen]) {
    const own = rows.filter(({ telegram_id: id }) => id === String(person.id));
    const sent = own.filter(({ status }) => status === "sent");
    const shown = new Set(person.messages().map((message) => message.message_id));
    for (const { message_id: id } of sent) {
      if (!shown.has(Number(id))) violations.push({ kind: "lost", what: `message ${id}` });
    }
    const known = new Set(sent.map(({ message_id: id }) => id));
    if (known.size < sent.length) violations.push({ kind: "doubled", what: "message of two rows" });
    const again = own.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0);
    if (person !== manager.person) continue;
    // She does nothing in the chat: all that came after the greeting is notifications.
    const extra = stage.messagesOfManager() - sent.length;
    resent += Math.max(0, extra);
    if (extra > again + stage.lostAnswers()) {
      violations.push({ kind: "doubled", what: `${extra} more messages than notices` });
    }
  }
  const visiblyFailed = rows.filter(({ status }) => status === "failed").length;
  return { violations, resent, visiblyFailed };
}

/** Nothing waits and nothing was given up. */
async function judgeWork(stage: Stage): Promise<Violation[]> {
  const { database, companyId, telegram } = stage;
  const [row] = await database.sql<{ jobs: number; documents: number; dead: number }[]>`
    select
      (
        select count(*)::int from pgboss.job
        where state in ('created', 'retry', 'active')
          and name not in ('crm.hourly', 'crm.daily', 'reminders.hourly', 'retention.daily')
          and not starts_with(name, '__pgboss')
      ) as jobs,
      (
        select count(*)::int from documents
        where company_id = ${companyId} and status in ('ordered', 'ready')
      ) as documents,
      (select count(*)::int from dead_letters where company_id = ${companyId}) as dead
  `;
  const violations: Violation[] = [];
  const note = (kind: Violation["kind"], count: number, what: string): void => {
    if (count > 0) violations.push({ kind, what: `${count} ${what}` });
  };
  note("waiting", row?.jobs ?? 0, "jobs");
  note("waiting", row?.documents ?? 0, "documents");
  note("lost", (row?.dead ?? 0) - stage.deadLettersExpected, "jobs given up");
  note("waiting", telegram.updates.pending().length, "updates");
  return violations;
}
