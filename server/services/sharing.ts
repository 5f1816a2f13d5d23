import { AppError, notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import {
  type NewLink,
  type NewShareLink,
  newShareLinkSchema,
  type SharingService,
} from "../../domain/sharing.ts";
import {
  findEstimateOfLink,
  insertShareLink,
  listShareLinks,
  revokeShareLink,
} from "../../db/share_links.ts";
import { makeLinkToken } from "../auth/tokens.ts";
import { readPage } from "./paging.ts";
import {
  findCurrentRevision,
  lockOwnEstimate,
  readOwnEstimate,
  readOwnEstimateOf,
} from "./revisions.ts";
import { demand, type Scope } from "./scope.ts";
import { byId } from "./input.ts";
import { readActorName } from "./actor.ts";

const DAY = 24 * 3600 * 1000; // ms

export function createSharingService(scope: Scope): SharingService {
  const { tx, actor } = scope;
  return {
    share: (estimateId, options = {}) => share(scope, estimateId, options),
    links: async (estimateId, request = {}) => {
      const estimate = await readOwnEstimate(scope, estimateId);
      return readPage(request, (part) => listShareLinks(tx, actor.companyId, estimate.id, part));
    },
    revoke: async (linkId) => {
      const estimateId = await byId(linkId, () => findEstimateOfLink(tx, actor.companyId, linkId));
      const estimate = await readOwnEstimateOf(scope, estimateId, notFound("Ссылка"));
      demand(scope, "estimate.submit", { ownerIds: [estimate.foremanId, estimate.createdBy] });
      await revokeShareLink(tx, actor.companyId, linkId, scope.now);
    },
  };
}

async function share(scope: Scope, estimateId: Id, options: NewShareLink): Promise<NewLink> {
  const { tx, actor, now } = scope;
  const given = newShareLinkSchema.safeParse(options);
  if (!given.success) throw new AppError("invalid", "Ссылка может работать от 1 до 365 дней.");
  // Locked: the revision can't be retired between this look and the link.
  const estimate = await lockOwnEstimate(scope, estimateId);
  demand(scope, "estimate.submit", { ownerIds: [estimate.foremanId, estimate.createdBy] });
  const revision = await findCurrentRevision(tx, actor.companyId, estimate);
  if (!revision || (revision.status !== "submitted" && revision.status !== "approved")) {
    throw new AppError(
      "conflict",
      "Пока это черновик. Сначала отправьте смету на согласование, тогда появится ссылка.",
    );
  }
  const createdByName = await readActorName(scope);
  const token = makeLinkToken(actor.companyId);
  const link = {
    id: scope.newId(),
    revisionId: revision.id,
    createdAt: now,
    expiresAt: new Date(now.getTime() + given.data.days * DAY),
  };
  await insertShareLink(tx, actor.companyId, { ...link, token, createdBy: actor.userId });
  return {
    ...link,
    revision: revision.revision,
    createdByName,
    isRevoked: false,
    firstViewedAt: null,
    lastViewedAt: null,
    viewCount: 0,
    path: `/s/${token}`,
    previewPath: `/s/${token}?preview=1`,
  };
}
