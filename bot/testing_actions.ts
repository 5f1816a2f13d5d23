import { ROLES } from "../domain/access.ts";
import { ACT_FORMS } from "../domain/acts.ts";
import { AUDIENCES } from "../domain/agreement.ts";
import { KEY_SCOPES } from "../domain/api_keys.ts";
import { CRM_KINDS } from "../domain/crm.ts";
import { MAPPED_STATUSES } from "../domain/crm_stages.ts";
import { NOTIFICATION_KINDS } from "../domain/notifications.ts";
import {
  ACT_SHARES,
  COLUMN_ROLES,
  DISCOUNTS,
  DOCUMENT_FORMATS,
  HISTORIES,
  INVITATION_DAYS,
  INVITATION_PEOPLE,
  LIST_MODES,
  REQUISITES,
  SWITCHES,
  VAT_CHOICES,
} from "./choices.ts";

/** Every word that a button of the chat may carry. */
export const ACTION_WORDS: readonly string[] = [
  ...COLUMN_ROLES,
  ...DISCOUNTS,
  ...DOCUMENT_FORMATS,
  ...LIST_MODES,
  ...REQUISITES,
  ...VAT_CHOICES,
  ...AUDIENCES,
  ...ROLES,
  ...CRM_KINDS,
  ...KEY_SCOPES,
  ...MAPPED_STATUSES,
  ...ACT_FORMS,
  ...NOTIFICATION_KINDS,
  ...HISTORIES,
  ...SWITCHES,
  ...ACT_SHARES,
  ...INVITATION_DAYS,
  ...INVITATION_PEOPLE,
  "name",
  "phone",
  "email",
  "inn",
  "address",
  "note",
  "title",
  "client",
  "price",
  "unit",
];
