import type { CrmKind } from "./crm.ts";

const PAGES: Readonly<Record<CrmKind, ((id: string) => string) | null>> = {
  bitrix24: (id) => `/crm/deal/details/${id}/`,
  amocrm: (id) => `/leads/detail/${id}`,
  webhook: null,
};

const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])$/;

/**
 * Where people see a deal in their own CRM. Null where that is not known for certain: a system of their
 * own, and a host with a port or without a name, whose scheme is anybody's guess.
 * @param account host of the portal or account
 * @param dealId as the CRM numbers it
 */
export function dealAddress(kind: CrmKind, account: string, dealId: string): string | null {
  const page = PAGES[kind];
  const isKnown = account.length <= 253 && DOMAIN.test(account) && /^\d{1,19}$/.test(dealId);
  return page && isKnown ? `https://${account}${page(dealId)}` : null;
}
