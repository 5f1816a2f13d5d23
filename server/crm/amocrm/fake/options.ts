/**
 * Where accounts are known to differ, or where nobody could check, the fake has a switch. Defaults
 * are the documented behaviour; where the documents are silent, the outcome harder for a client.
 */
export interface AmocrmOptions {
  /** Requests a second for the integration; more is answered 429. */
  rate: number;
  /** So many refusals within a minute block the address: 403 with a page on everything. */
  blockAfterRefusals: number;
  /** Seconds in `retry_after` of a 429, or null where the account sends none. */
  retryAfter: number | null;
  /** Life of an access token, a refresh token and an authorization code, in seconds. */
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  codeSeconds: number;

  /** On some tariffs `filter[…]` is silently ignored («alpha»); `order` and `query` still work. */
  areFiltersEnabled: boolean;
  /** `order` counts for the bin too; else it comes oldest first. */
  isBinOrdered: boolean;
  /** `_links.next` is there even on the last page; the page behind it is 204. */
  isNextSticky: boolean;
  /** Kopecks of `price`: cut off, kept in `price_with_minor_units`, or refused as no integer. */
  price: "cut" | "minorUnits" | "refused";
  /** A PATCH with an `updated_at` older than the stored one: taken, or refused as v2 did. */
  staleUpdatedAt: "taken" | "refused";
  /** Hooks on a change of status: `status` and then `update`, both in one post, or `status` alone. */
  statusHooks: "both" | "together" | "statusOnly";
  /** A PATCH that changes nothing: saved again with a new time and a hook, or passed over. */
  isEmptyChangeSaved: boolean;
  /** Writes of more entities than this end in 504; null never. */
  slowWriteOver: number | null;
  /** Whether such a write was done all the same. */
  isSlowWriteDone: boolean;
  /** Duplicate control for /leads/complex: answers `merged: true` for a known phone or e-mail. */
  isDuplicateControlOn: boolean;
  /** Does the account have the list of invoices, of products? */
  hasInvoices: boolean;
  hasProducts: boolean;
  /** `query` finds a change only so many ms after it was made. */
  searchLag: number;
  /** A name longer than 255 characters: refused, or cut. */
  longName: "refused" | "cut";
  /** Scope «Доступ к файлам» of the integration. */
  mayUseFiles: boolean;
  /** The token's owner is an administrator: needed for hooks, pipelines and fields. */
  isAdministrator: boolean;
  /** Bytes of one part and of a whole file. */
  partBytes: number;
  fileBytes: number;
  /** Real ms a handler of hooks may take. */
  handlerPatience: number;
}

export const AMOCRM_DEFAULTS: AmocrmOptions = {
  rate: 7,
  blockAfterRefusals: 20,
  retryAfter: 300,
  accessTokenSeconds: 86_400,
  refreshTokenSeconds: 90 * 86_400,
  codeSeconds: 1200,
  areFiltersEnabled: true,
  isBinOrdered: false,
  isNextSticky: true,
  price: "cut",
  staleUpdatedAt: "taken",
  statusHooks: "both",
  isEmptyChangeSaved: true,
  slowWriteOver: null,
  isSlowWriteDone: false,
  isDuplicateControlOn: false,
  hasInvoices: false,
  hasProducts: false,
  searchLag: 0,
  longName: "refused",
  mayUseFiles: true,
  isAdministrator: true,
  partBytes: 131_072,
  fileBytes: 314_572_800,
  handlerPatience: 2000,
};
