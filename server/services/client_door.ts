import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findRevisionFile } from "../../db/revision_documents.ts";
import { countShareLinkView } from "../../db/share_links.ts";
import { findPageStamp } from "../../db/share_stamps.ts";
import { readLinkToken } from "../auth/tokens.ts";
import { agree } from "./client_agreeing.ts";
import { ask } from "./client_asking.ts";
import { lookThrough, type Opened, showView } from "./client_views.ts";
import type { ClientDoor, FileResult, PaperCheck } from "./client_contract.ts";
import { readFrozenPhoto } from "./extra_papers.ts";
import { verifyPaper } from "./papers.ts";
import { describeRevision, peopleOf, type RevisionScope } from "./revisions.ts";
import { companyScope, type WorkDependencies, type Woken } from "./work.ts";

/** @param lookups a pool whose queries are all short: see `LOOKUPS` */
export function createClientDoor(dependencies: WorkDependencies, lookups: Sql): ClientDoor {
  const { sql } = dependencies;

  /** Runs work on what a link shows; null when it shows nothing. */
  async function through<Result>(
    token: string,
    work: (scope: RevisionScope, opened: Opened) => Promise<Result>,
  ): Promise<Result | null> {
    const companyId = readLinkToken(token);
    if (companyId === null) return null;
    const woken = new Set<Woken>();
    const result = await tenantTransaction(sql, companyId, async (tx) => {
      const scope = companyScope(dependencies, tx, { companyId }, woken);
      const opened = await lookThrough(scope, token);
      return opened && (await work(scope, opened));
    });
    dependencies.noteWrite?.(companyId);
    dependencies.onCommitted(woken);
    return result;
  }

  return {
    open: (token, chosen = null) =>
      through(token, (scope, opened) => showView(scope, opened, chosen)),
    stamp: async (token) => {
      const companyId = readLinkToken(token);
      return companyId && (await findPageStamp(lookups, companyId, token, dependencies.clock()));
    },
    countView: async (token, sign) => {
      await through(token, async (scope, opened) => {
        if (sign === "opening" || opened.link.viewCount === 0) await countView(scope, opened);
      });
    },
    agree: (token, agreeing) => through(token, (scope, opened) => agree(scope, opened, agreeing)),
    ask: (token, question) => through(token, (scope, opened) => ask(scope, opened, question)),
    file: (token) => through(token, readFile),
    photo: (token, id) => through(token, (scope, opened) => readFrozenPhoto(scope, opened, id)),
    verify: (sha256) => verifyIn(sql, sha256),
  };
}

async function countView(scope: RevisionScope, opened: Opened): Promise<void> {
  const { link, revision, estimate } = opened;
  const isFirst = await countShareLinkView(scope.tx, scope.actor.companyId, link.id, scope.now);
  if (!isFirst) return;
  await scope.notify(
    "viewed",
    { ...(await describeRevision(scope, revision, estimate)), at: scope.now.toISOString() },
    { to: { userIds: peopleOf(estimate, revision) }, by: null },
  );
}

async function readFile(scope: RevisionScope, { revision }: Opened): Promise<FileResult> {
  const file = await findRevisionFile(scope.tx, scope.actor.companyId, revision.id);
  if (file?.bytes) return { state: "ready", fileName: file.fileName, bytes: file.bytes };
  return { state: file === null || file.isFailed ? "failed" : "pending" };
}

async function verifyIn(sql: Sql, sha256: string): Promise<PaperCheck | null> {
  const hash = sha256.toLowerCase();
  return /^[0-9a-f]{64}$/.test(hash) ? verifyPaper(sql, hash) : null;
}
