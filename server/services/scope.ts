import { type Action, type Actor, can, type Thing } from "../../domain/access.ts";
import { forbidden } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import type { Transaction } from "../../db/client.ts";
import type { Statement } from "../../db/statements.ts";
import type { Notify } from "../../domain/notifications.ts";
import type { CrmReach } from "../crm/reach.ts";
import type { Enqueue } from "../jobs/queues.ts";

/** What every service function works with: one transaction, one person, one moment. */
export interface Scope {
  /** Open, under the role and the company of the actor. */
  readonly tx: Transaction;
  readonly actor: Actor;
  readonly now: Date;
  readonly newId: () => Id;
  readonly enqueue: Enqueue;
  /** Records who should hear of what happens, in the same transaction. */
  readonly notify: Notify;
  /**
   * Something changed that others may be looking at: they hear of it right after the commit. Where this
   * is forgotten they hear of it within a second.
   */
  readonly stir: () => void;
  /**
   * Keeps a write for the end of the work, where it costs no round trip of its own. Absent where the work
   * has no such end. Until then nothing may ask the database for what it writes, or change the company.
   */
  readonly writeLate?: (write: () => Statement) => void;
  /** Absent where no CRM can be reached: in tests of other things. */
  readonly crm?: CrmReach;
}

/** What reading for a company needs, whoever asks. */
export interface CompanyScope extends Pick<Scope, "tx"> {
  readonly actor: { readonly companyId: Id };
}

/** Throws `forbidden` unless the actor may do this; the thing is the company's unless said otherwise. */
export function demand(scope: Scope, action: Action, thing?: Omit<Thing, "companyId">): void {
  if (!can(scope.actor, action, { companyId: scope.actor.companyId, ...thing })) throw forbidden();
}
