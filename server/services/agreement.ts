import type { AgreementService } from "../../domain/agreement.ts";
import { can } from "../../domain/access.ts";
import { compareContents } from "../../domain/estimate/comparison.ts";
import type { Content } from "../../domain/estimate/estimate.ts";
import { statusAfter } from "../../domain/estimate/status.ts";
import { AppError } from "../../domain/errors.ts";
import { type Id, isId } from "../../domain/ids.ts";
import { setEstimateStatus } from "../../db/estimates.ts";
import {
  findFrozen,
  findFrozenText,
  findRevisionByNumber,
  listRevisions,
} from "../../db/revisions.ts";
import { approveRevision, giveBackRevision } from "./deciding.ts";
import { readContent } from "./estimate_cards.ts";
import { readPage } from "./paging.ts";
import { reviseRevision, withdrawRevision } from "./reopening.ts";
import {
  findCurrentRevision,
  lockOwnEstimate,
  readOwnEstimate,
  readOwnRevision,
  readRevision,
  revisionNotFound,
  withDecisions,
} from "./revisions.ts";
import { demand, type Scope } from "./scope.ts";
import { checkEstimate, submitEstimate } from "./submitting.ts";

export function createAgreementService(scope: Scope): AgreementService {
  const { tx, actor } = scope;
  const { companyId } = actor;
  return {
    check: (estimateId) => checkEstimate(scope, estimateId),
    submit: (estimateId, request) => submitEstimate(scope, estimateId, request),
    approve: (reference, by) => approveRevision(scope, reference, by),
    giveBack: (reference, by) => giveBackRevision(scope, reference, by),
    withdraw: (reference) => withdrawRevision(scope, reference),
    revise: (reference) => reviseRevision(scope, reference),
    archive: (estimateId) => archive(scope, estimateId),
    revisions: async (estimateId, request = {}) => {
      const estimate = await readOwnEstimate(scope, estimateId);
      const { items, next } = await readPage(request, (part) =>
        listRevisions(tx, companyId, estimate.id, part),
      );
      return { items: await withDecisions(tx, companyId, items), next };
    },
    revision: async (id) => {
      await readOwnRevision(scope, id);
      return readRevision(scope, id);
    },
    document: async (estimateId, revisionId) => {
      const areIds = isId(estimateId) && isId(revisionId);
      const found = areIds ? await findFrozenText(tx, companyId, estimateId, revisionId) : null;
      const ownerIds = found ? [found.foremanId, found.createdBy] : [];
      const isReadable = can(actor, "estimate.read", { companyId, ownerIds });
      if (!found || found.isRemoved || !isReadable) throw revisionNotFound();
      return { json: found.document, sha256: found.sha256 };
    },
    current: async (estimateId) => {
      const estimate = await readOwnEstimate(scope, estimateId);
      const current = await findCurrentRevision(tx, companyId, estimate);
      return current && (await readRevision(scope, current.id));
    },
    compare: async (estimateId, { from, to }) => {
      const estimate = await readOwnEstimate(scope, estimateId);
      const before = await readFrozenContent(scope, estimate.id, from);
      const after =
        to === null
          ? await readContent(scope, estimate.id)
          : await readFrozenContent(scope, estimate.id, to);
      return compareContents(before, after);
    },
  };
}

async function readFrozenContent(
  { tx, actor }: Scope,
  estimateId: Id,
  number: number,
): Promise<Content> {
  // Beyond what PostgreSQL's int holds there is no revision either.
  const isNumber = Number.isInteger(number) && number > 0 && number < 2 ** 31;
  const revision = isNumber
    ? await findRevisionByNumber(tx, actor.companyId, estimateId, number)
    : null;
  const frozen = revision && (await findFrozen(tx, actor.companyId, revision.id));
  if (!frozen) throw revisionNotFound();
  return frozen.content;
}

async function archive(scope: Scope, estimateId: Id): Promise<void> {
  const { tx, actor } = scope;
  const estimate = await lockOwnEstimate(scope, estimateId);
  demand(scope, "estimate.edit", { ownerIds: [estimate.foremanId, estimate.createdBy] });
  if (estimate.status === "archived") return;
  const status = statusAfter(estimate.status, "archive");
  if (status === null) {
    throw new AppError(
      "conflict",
      "Смета ждёт согласования. Сначала отзовите её, потом уберите в архив.",
    );
  }
  await setEstimateStatus(tx, actor.companyId, estimate.id, status);
  scope.stir();
}
