import { consentTexts } from "../../domain/consent.ts";
import { statusAfter } from "../../domain/estimate/status.ts";
import type { Id } from "../../domain/ids.ts";
import { insertApproval } from "../../db/approvals.ts";
import { lockEstimate, setEstimateStatus } from "../../db/estimates.ts";
import { setRevisionStatus } from "../../db/revisions.ts";
import { type FrozenDocument, writeFrozen } from "../documents/frozen_document.ts";
import { chosenLines, withChoice, writeChoice } from "./choices.ts";
import type { Agreeing, AgreeingResult } from "./client_contract.ts";
import {
  chooseIn,
  lookThroughAgain,
  type Opened,
  readShown,
  type Shown,
  showView,
} from "./client_views.ts";
import { requestPushes } from "./crm_pushes.ts";
import { describeRevision, orderRevisionPdf, peopleOf, type RevisionScope } from "./revisions.ts";

/**
 * The client agrees to exactly one revision with exactly one choice. All decisions about an estimate
 * wait for its lock, so whoever comes second sees what the first one did.
 */
export async function agree(
  scope: RevisionScope,
  seen: Opened,
  agreeing: Agreeing,
): Promise<AgreeingResult> {
  await lockEstimate(scope.tx, scope.actor.companyId, seen.estimate.id);
  const opened = await lookThroughAgain(scope, seen);
  const shown = await readShown(scope, opened);
  const tell = async (outcome: AgreeingResult["outcome"], chosen: readonly Id[] | null = null) => ({
    outcome,
    view: await showView(scope, opened, chosen),
  });
  // A second tap, or the other of two people with the same link: it is agreed either way.
  if (shown.state === "agreed") return tell("agreed");
  if (shown.state !== "open" || agreeing.sha256 !== opened.revision.sha256) return tell("refused");

  const { document } = chooseIn(shown, agreeing.chosen);
  if (document.sections.length === 0) return tell("empty", agreeing.chosen);
  if (document.total !== agreeing.total) return tell("changed", agreeing.chosen);
  await settle(scope, opened, { shown, document, agreeing });
  return {
    outcome: "agreed",
    view: await showView(scope, await lookThroughAgain(scope, opened), null),
  };
}

async function settle(
  scope: RevisionScope,
  opened: Opened,
  { shown, document, agreeing }: { shown: Shown; document: FrozenDocument; agreeing: Agreeing },
): Promise<void> {
  const { tx, actor, now } = scope;
  const { estimate, revision } = opened;
  const content =
    shown.canChoose && agreeing.chosen !== null
      ? withChoice(shown.content(), new Set(agreeing.chosen))
      : shown.content();
  const isAsSubmitted = document === shown.frozen;
  await writeEvidence(scope, opened, {
    agreeing,
    document,
    chosen: chosenLines(content),
    isAsSubmitted,
  });
  if (revision.status === "submitted") {
    await setRevisionStatus(tx, actor.companyId, revision.id, {
      from: "submitted",
      to: "approved",
      by: null,
      at: now,
    });
    if (!isAsSubmitted) {
      const optional = [...content.lines.values()].filter((line) => line.isOptional);
      const chosen = new Set(chosenLines(content));
      await writeChoice(
        scope,
        estimate,
        chosen,
        optional.map((line) => line.id),
      );
    }
    const status = statusAfter(estimate.status, "approve") ?? estimate.status;
    await setEstimateStatus(tx, actor.companyId, estimate.id, status);
    scope.stir();
    await orderRevisionPdf(scope, revision);
    await requestPushes(scope, estimate);
  }
  await scope.notify(
    "approved",
    {
      ...(await describeRevision(scope, { ...revision, total: document.total }, estimate)),
      byName: agreeing.name,
      side: "client",
      at: now.toISOString(),
    },
    { to: { userIds: peopleOf(estimate, revision), roles: ["owner", "manager"] }, by: null },
  );
}

async function writeEvidence(
  { tx, actor, now, newId }: RevisionScope,
  { link, revision }: Opened,
  evidence: {
    agreeing: Agreeing;
    document: FrozenDocument;
    chosen: readonly Id[];
    isAsSubmitted: boolean;
  },
): Promise<void> {
  const { agreeing, document } = evidence;
  const consent = consentTexts({
    number: document.number,
    revision: document.revision,
    total: document.total,
    contractor: document.contractor.fullName || document.contractor.name,
  });
  await insertApproval(tx, actor.companyId, {
    id: newId(),
    revisionId: revision.id,
    sha256: revision.sha256,
    decision: "approved",
    side: "client",
    channel: "page",
    userId: null,
    linkId: link.id,
    name: agreeing.name,
    phone: agreeing.phone,
    consent: `${consent.signature}\n${consent.personalData}`,
    chosenLines: evidence.chosen,
    document: evidence.isAsSubmitted ? null : writeFrozen(document).document,
    total: document.total,
    reason: "",
    address: agreeing.address,
    userAgent: agreeing.userAgent,
    isOwnDevice: agreeing.isOwnDevice,
    decidedAt: now,
  });
}
