import { z } from "zod";
import type { Id } from "./ids.ts";
import type { ListRequest, Page } from "./paging.ts";

export const newShareLinkSchema = z.strictObject({
  /** Days that the link works. */
  days: z.int().min(1).max(365).default(90),
});
export type NewShareLink = z.input<typeof newShareLinkSchema>;

/** A link by which the client sees one revision and nothing else. */
export interface ShareLink {
  readonly id: Id;
  readonly revisionId: Id;
  readonly revision: number;
  readonly createdByName: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly isRevoked: boolean;
  /** Openings by the client only: no link previews, not those of the company's people. */
  readonly firstViewedAt: Date | null;
  readonly lastViewedAt: Date | null;
  readonly viewCount: number;
}

export interface NewLink extends ShareLink {
  /** "/s/…", behind the public address. Shown once: only a hash is kept. */
  readonly path: string;
  /** The same for people of the company: opening it does not count as the client's. */
  readonly previewPath: string;
}

export interface SharingService {
  /** A link to the revision that is submitted or approved now. Throws `conflict` for a draft. */
  share(estimateId: Id, options?: NewShareLink): Promise<NewLink>;
  /** Of all revisions, newest first. */
  links(estimateId: Id, request?: ListRequest): Promise<Page<ShareLink>>;
  /** Harmless when it is revoked already. Throws `not_found`. */
  revoke(linkId: Id): Promise<void>;
}
