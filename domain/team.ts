import { z } from "zod";
import { type Role, ROLES } from "./access.ts";
import type { Id } from "./ids.ts";

/** `/start join_<token>`; Telegram takes up to 64 characters of A-Z, a-z, 0-9, _ and -. */
export const JOIN_PREFIX = "join_";

export const INVITATION_LIMITS = { uses: 100, days: 90, open: 50 } as const;

export const newInvitationSchema = z.strictObject({
  role: z.enum(ROLES),
  /** How many people may join by it. */
  uses: z.int().min(1).max(INVITATION_LIMITS.uses).default(1),
  /** Days that it stays open. */
  days: z.int().min(1).max(INVITATION_LIMITS.days).default(7),
});
export type NewInvitation = z.input<typeof newInvitationSchema>;

export interface Invitation {
  readonly id: Id;
  readonly role: Role;
  readonly usesLeft: number;
  readonly createdByName: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface InvitationLink extends Invitation {
  /** "join_…" for `https://t.me/<bot>?start=`. Shown once: only a hash is kept. */
  readonly payload: string;
}

export interface Member {
  readonly userId: Id;
  readonly name: string;
  readonly role: Role;
  /** Of Telegram, without @. */
  readonly username: string | null;
  readonly joinedAt: Date;
}

/** Every function throws `forbidden` for those who may not; see `domain/access.ts`. */
export interface TeamService {
  /** In order of joining. */
  members(): Promise<readonly Member[]>;
  /** Those that can still be used, newest first. */
  invitations(): Promise<readonly Invitation[]>;
  invite(invitation: NewInvitation): Promise<InvitationLink>;
  /** Harmless when it is over already. Throws `not_found`. */
  revokeInvitation(id: Id): Promise<void>;
  /** Throws `not_found`, and `conflict` when the team would lose its last owner. */
  setRole(userId: Id, role: Role): Promise<Member>;
  /** Ends the person's sessions too. Throws `not_found`, and `conflict` for the last owner. */
  remove(userId: Id): Promise<void>;
  /** Anybody may go. Throws `conflict` for the last owner. */
  leave(): Promise<void>;
}

/**
 * `joined` and `already_member`: from now on the update works for that company. `unknown` is also a
 * link that somebody shortened or made up.
 */
export type JoinOutcome =
  | {
      readonly outcome: "joined" | "already_member";
      readonly companyId: Id;
      readonly companyName: string;
      readonly role: Role;
    }
  | { readonly outcome: "used_up" | "expired" | "revoked" | "unknown" };
