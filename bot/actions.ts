import { ROLES } from "../domain/access.ts";
import { AUDIENCES } from "../domain/agreement.ts";
import { NOTIFICATION_KINDS } from "../domain/notifications.ts";
import { count, cursor, defineAction, id, oneOf, optional } from "./callback_data.ts";
import {
  COLUMN_ROLES,
  DISCOUNTS,
  DOCUMENT_FORMATS,
  HISTORIES,
  LIST_MODES,
  REQUISITES,
  SWITCHES,
  VAT_CHOICES,
} from "./choices.ts";

/**
 * All buttons of the chat. Names are short: two packed ids and a version must fit into 64 bytes beside
 * them. A version in a button refuses a press on what has changed since.
 */
export const actions = {
  estimateList: defineAction("e.list", optional(cursor), oneOf(LIST_MODES)),
  estimateCard: defineAction("e.card", id),
  estimateMore: defineAction("e.more", id),
  estimateOpen: defineAction("e.open", id, count),
  estimateLines: defineAction("e.add", id),
  estimateDocument: defineAction("e.doc", id, oneOf(DOCUMENT_FORMATS)),
  estimateSubmit: defineAction("e.send", id),
  estimateShare: defineAction("e.share", id),
  estimateCopy: defineAction("e.copy", id),
  estimateHistory: defineAction("e.log", id),
  estimateRemove: defineAction("e.del", id),
  estimateRestore: defineAction("e.undo", id),
  /** The remarks of the check before sending were seen and accepted. */
  estimateSendAnyway: defineAction("e.sure", id, count),
  estimateSendTo: defineAction("e.to", id, count, oneOf(AUDIENCES)),
  estimateSendAnywayTo: defineAction("e.let", id, count, oneOf(AUDIENCES)),
  compare: defineAction("e.diff", id, count, count),
  discountMenu: defineAction("e.disc", id),
  discountSet: defineAction("e.cut", id, count, oneOf(DISCOUNTS)),
  discountBase: defineAction("e.base", id, count),
  discountAsk: defineAction("e.cutq", id),
  vatMenu: defineAction("e.vat", id),
  vatSet: defineAction("e.tax", id, count, oneOf(VAT_CHOICES)),
  clientMenu: defineAction("e.cli", id, optional(cursor)),
  clientSet: defineAction("e.for", id, count, optional(id)),
  clientAdd: defineAction("e.who", id),

  approve: defineAction("a.ok", id),
  giveBack: defineAction("a.no", id),
  withdraw: defineAction("a.back", id),
  revise: defineAction("a.next", id),
  linkRevoke: defineAction("a.cut", id),
  answer: defineAction("a.say", id),
  jobRetry: defineAction("j.again", id),

  newFor: defineAction("n.for", id),

  listAdd: defineAction("l.add", id),
  listCreate: defineAction("l.new", id),
  listFix: defineAction("l.fix", id),
  listDrop: defineAction("l.drop", id),
  columns: defineAction("t.cols", id),
  columnRole: defineAction("t.role", id, oneOf(COLUMN_ROLES)),
  columnPick: defineAction("t.col", id, oneOf(COLUMN_ROLES), optional(count)),
  columnsDone: defineAction("t.done", id),

  clientList: defineAction("c.list", optional(cursor), oneOf(LIST_MODES)),
  clientCard: defineAction("c.card", id),
  clientNew: defineAction("c.new"),
  clientEdit: defineAction(
    "c.edit",
    id,
    oneOf(["name", "phone", "email", "inn", "address", "note"]),
  ),
  clientKind: defineAction("c.kind", id),
  contactAdd: defineAction("c.keep"),
  contactDrop: defineAction("c.drop"),

  projectList: defineAction("p.list", optional(cursor), oneOf(LIST_MODES)),
  projectCard: defineAction("p.card", id),
  projectNew: defineAction("p.new"),
  projectEdit: defineAction("p.edit", id, oneOf(["title", "address", "client", "note"])),
  projectEstimates: defineAction("p.est", id, optional(cursor)),

  catalogueList: defineAction("k.list", optional(cursor), oneOf(LIST_MODES)),
  catalogueItem: defineAction("k.item", id),
  catalogueNew: defineAction("k.new"),
  catalogueEdit: defineAction("k.edit", id, oneOf(["price", "name", "unit"])),
  catalogueKind: defineAction("k.kind", id),

  settings: defineAction("s.home"),
  company: defineAction("s.firm"),
  requisite: defineAction("s.set", oneOf(REQUISITES)),
  companyVat: defineAction("s.vat"),
  companyVatSet: defineAction("s.tax", oneOf(VAT_CHOICES)),
  timezones: defineAction("s.zone"),
  timezoneSet: defineAction("s.tz", count),
  team: defineAction("s.team"),
  member: defineAction("s.who", id),
  memberRole: defineAction("s.role", id, oneOf(ROLES)),
  memberAskRemove: defineAction("s.out", id),
  memberRemove: defineAction("s.bye", id),
  invite: defineAction("s.call", oneOf(ROLES)),
  invitationRevoke: defineAction("s.cut", id),
  notifications: defineAction("w.home"),
  notificationSet: defineAction("w.set", oneOf(NOTIFICATION_KINDS), oneOf(SWITCHES)),
  notificationHistory: defineAction("w.log", optional(cursor), oneOf(HISTORIES)),
  askLeave: defineAction("s.go"),
  leave: defineAction("s.gone"),
  managerPage: defineAction("s.web"),
  companies: defineAction("s.all"),
  companySwitch: defineAction("s.to", id),
} as const;
