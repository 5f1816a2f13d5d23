import { dayIn } from "../../domain/calendar.ts";
import { notFound } from "../../domain/errors.ts";
import type { Content } from "../../domain/estimate/estimate.ts";
import type { Id } from "../../domain/ids.ts";
import type { ShareLink } from "../../domain/sharing.ts";
import { findChosenDocument, listDecisions } from "../../db/approvals.ts";
import { type EstimateState, findEstimate } from "../../db/estimates.ts";
import { listQuestions } from "../../db/questions.ts";
import { findFrozen, findRevision, type RevisionState } from "../../db/revisions.ts";
import { findShareLink } from "../../db/share_links.ts";
import { type FrozenDocument, readFrozen, withFigures } from "../documents/frozen_document.ts";
import { chosenLines, withChoice } from "./choices.ts";
import type { ClientState, ClientView } from "./client_contract.ts";
import { readClientExtra } from "./extra_papers.ts";
import type { RevisionScope } from "./revisions.ts";
import { readOwnCompany } from "./actor.ts";

/** As many as the client's page shows. */
const MANY_QUESTIONS = 200;

/** What a link leads to. */
export interface Opened {
  readonly link: ShareLink;
  readonly revision: RevisionState;
  readonly estimate: EstimateState;
}

/** Null for links that show nothing. */
export async function lookThrough(
  { tx, actor, now }: RevisionScope,
  token: string,
): Promise<Opened | null> {
  const link = await findShareLink(tx, actor.companyId, token);
  if (!link || link.isRevoked || link.expiresAt <= now) return null;
  const revision = await findRevision(tx, actor.companyId, link.revisionId);
  const estimate = revision && (await findEstimate(tx, actor.companyId, revision.estimateId));
  if (!revision || !estimate || estimate.isRemoved) return null;
  return { link, revision, estimate };
}

/** The same as it is now: the estimate was locked meanwhile, or changed. */
export async function lookThroughAgain(scope: RevisionScope, seen: Opened): Promise<Opened> {
  const { companyId } = scope.actor;
  const revision = await findRevision(scope.tx, companyId, seen.revision.id);
  const estimate = await findEstimate(scope.tx, companyId, seen.estimate.id);
  if (!revision || !estimate) throw notFound("Смета");
  return { link: seen.link, revision, estimate };
}

/** What of the revision the client may be shown, with the frozen content beside it. */
export interface Shown {
  readonly state: ClientState;
  readonly timezone: string;
  readonly frozen: FrozenDocument;
  readonly content: () => Content;
  readonly agreement: ClientView["agreement"];
  /** Whether optional lines are still open. */
  readonly canChoose: boolean;
}

export async function readShown(scope: RevisionScope, opened: Opened): Promise<Shown> {
  const { tx, actor, now } = scope;
  const { revision } = opened;
  const { companyId } = actor;
  const [company, frozen, chosenDocument, decisions] = await Promise.all([
    readOwnCompany(scope),
    findFrozen(tx, companyId, revision.id),
    findChosenDocument(tx, companyId, revision.id),
    listDecisions(tx, companyId, [revision.id]),
  ]);
  if (!frozen) throw notFound("Смета");
  const document = readFrozen(chosenDocument ?? frozen.document);
  const agreed = decisions.find(
    (decision) => decision.side === "client" && decision.decision === "approved",
  );
  const state = stateOf(revision, {
    isAgreed: agreed !== undefined,
    isOutdated: document.validUntil !== null && document.validUntil < dayIn(company.timezone, now),
  });
  return {
    state,
    timezone: company.timezone,
    frozen: document,
    content: () => frozen.content,
    agreement: agreed ? { name: agreed.name, at: agreed.decidedAt } : null,
    // What a manager approved is approved as it is.
    canChoose: state === "open" && revision.status === "submitted" && hasOptions(document),
  };
}

function stateOf(
  { status }: RevisionState,
  { isAgreed, isOutdated }: { isAgreed: boolean; isOutdated: boolean },
): ClientState {
  if (status === "superseded" || status === "withdrawn" || status === "returned") return status;
  if (isAgreed) return "agreed";
  return isOutdated ? "outdated" : "open";
}

/** Chosen ones stand among the lines, the others by themselves. */
function hasOptions({ sections, options }: FrozenDocument): boolean {
  return options.length > 0 || sections.some(({ lines }) => lines.some((line) => line.isOptional));
}

/** @param chosen null: as submitted, or as agreed */
export async function showView(
  scope: RevisionScope,
  opened: Opened,
  chosen: readonly Id[] | null,
): Promise<ClientView> {
  const { revision, estimate } = opened;
  const shown = await readShown(scope, opened);
  const { document, choice } = chooseIn(shown, chosen);
  const questions = await listQuestions(scope.tx, scope.actor.companyId, estimate.id, {
    before: null,
    limit: MANY_QUESTIONS,
  });
  return {
    state: shown.state,
    sha256: revision.sha256,
    replacedBy: revision.replacedBy,
    document,
    choice,
    extra: await readClientExtra(scope, estimate, document),
    agreement: shown.agreement,
    questions: questions
      .filter((question) => question.revision <= revision.revision)
      .toReversed()
      .map(({ id, line, text, authorName, askedAt, answer, answeredAt }) => ({
        id,
        line,
        text,
        authorName,
        askedAt,
        answer,
        answeredAt,
      })),
    timezone: shown.timezone,
  };
}

/** The document with a choice, where one can be made. */
export function chooseIn(
  { frozen, content: readContent, canChoose }: Shown,
  chosen: readonly Id[] | null,
): Pick<ClientView, "document" | "choice"> {
  if (!canChoose) return { document: frozen, choice: null };
  const content = readContent();
  const submitted = chosenLines(content);
  const wanted = new Set(
    (chosen ?? submitted).filter((id) => content.lines.get(id)?.isOptional === true),
  );
  const isAsSubmitted = wanted.size === submitted.length && submitted.every((id) => wanted.has(id));
  const bare = withFigures(frozen, withChoice(content, new Set()));
  return {
    document: isAsSubmitted ? frozen : withFigures(frozen, withChoice(content, wanted)),
    choice: { sections: bare.sections, options: bare.options, chosen: wanted },
  };
}
