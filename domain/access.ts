import type { KeyScope } from "./api_keys.ts";
import type { Id } from "./ids.ts";

export const ROLES = ["owner", "manager", "foreman"] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  owner: "владелец",
  manager: "руководитель",
  foreman: "прораб",
};

/** Who acts, and for which company. Made by a door (chat, session, key) after checking who it is. */
export interface Actor {
  readonly companyId: Id;
  readonly userId: Id;
  readonly role: Role;
  /** Set for a program with an API key: it may do less than the role, see `isForKeys`. */
  readonly keyScope?: KeyScope;
}

/**
 * What people do. `…own…` things belong to a foreman: he sees and edits the estimates that he made or
 * that are on his objects; managers and owners see all of the company.
 */
export type Action =
  | "estimate.read"
  | "estimate.create"
  | "estimate.edit"
  | "estimate.remove"
  | "estimate.submit"
  | "estimate.approve"
  | "client.read"
  | "client.edit"
  | "project.read"
  | "project.edit"
  | "catalogue.read"
  | "catalogue.edit"
  | "company.edit"
  | "team.read"
  | "team.edit"
  | "crm.edit"
  | "jobs.retry"
  | "keys.edit"
  | "report.read";

const EVERYBODY: readonly Role[] = ROLES;
const LEADERS: readonly Role[] = ["owner", "manager"];
const OWNER: readonly Role[] = ["owner"];

const ALLOWED: Readonly<Record<Action, readonly Role[]>> = {
  "estimate.read": EVERYBODY,
  "estimate.create": EVERYBODY,
  "estimate.edit": EVERYBODY,
  "estimate.remove": EVERYBODY,
  "estimate.submit": EVERYBODY,
  "estimate.approve": LEADERS,
  "client.read": EVERYBODY,
  "client.edit": EVERYBODY,
  "project.read": EVERYBODY,
  "project.edit": EVERYBODY,
  "catalogue.read": EVERYBODY,
  "catalogue.edit": LEADERS,
  "company.edit": OWNER,
  "team.read": LEADERS,
  "team.edit": OWNER,
  "crm.edit": OWNER,
  "jobs.retry": LEADERS,
  "keys.edit": OWNER,
  "report.read": LEADERS,
};

const KEY_READS: readonly Action[] = [
  "estimate.read",
  "client.read",
  "project.read",
  "catalogue.read",
];
const KEY_WRITES: readonly Action[] = [
  ...KEY_READS,
  "estimate.create",
  "estimate.edit",
  "estimate.remove",
  "estimate.submit",
  "client.edit",
  "project.edit",
  "catalogue.edit",
];

/** What a program may ever do. Agreeing, the team, the CRM and keys stay with people. */
function isForKeys(scope: KeyScope, action: Action): boolean {
  return (scope === "read" ? KEY_READS : KEY_WRITES).includes(action);
}

/** A thing with a company and, where it has one, the person it belongs to. */
export interface Thing {
  readonly companyId: Id;
  readonly ownerIds?: readonly Id[];
}

/** The one rule of rights. False also for everything of another company. */
export function can(actor: Actor, action: Action, thing: Thing): boolean {
  if (thing.companyId !== actor.companyId) return false;
  if (!ALLOWED[action].includes(actor.role)) return false;
  if (actor.keyScope !== undefined && !isForKeys(actor.keyScope, action)) return false;
  if (actor.role !== "foreman" || !action.startsWith("estimate.")) return true;
  return thing.ownerIds === undefined || thing.ownerIds.includes(actor.userId);
}

/** Whether lists must be narrowed to the person's own estimates. */
export function seesOnlyOwn(actor: Pick<Actor, "role">): boolean {
  return actor.role === "foreman";
}
