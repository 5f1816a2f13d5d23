/**
 * Where the real service is known to vary between portals, or where nobody could check, the fake
 * has a switch. Defaults are the documented behaviour; where the documents are silent, the outcome
 * that is harder for a client.
 */
export interface Bitrix24Options {
  /** IANA zone of the portal: times come with its offset and plain times are read in it. */
  timezone: string;
  /** How far the portal's clock is from ours, in ms. */
  clockSkew: number;
  /** Leaky bucket per portal and address: requests allowed at once and drained per second. */
  burst: number;
  drainPerSecond: number;
  /** Seconds of work per method in ten minutes; null switches the limit off, as on most boxes. */
  operatingLimit: number | null;
  /** Whether answers carry `operating` and `operating_reset_at`; old portals and boxes do not. */
  isOperatingReported: boolean;
  /** Whom a batch is billed to: the documents say the nested methods, measurements said `batch`. */
  operatingBilledTo: "nested" | "batch";
  /** Simulated seconds a method works. */
  cost: (method: string, params: Readonly<Record<string, unknown>>) => number;
  /** One request is cut with a 504 page after so many simulated seconds. */
  requestSeconds: number;
  /** Largest request body; more is answered by the web server with 413. */
  maxBodyBytes: number;
  /** Refuse requests that did not come over https (behind a proxy: `x-forwarded-proto`). */
  isHttpsRequired: boolean;

  /** Is `originId` allowed in filters? Its field exists everywhere, its filter is not documented. */
  isOriginFilterable: boolean;
  /** Do product rows change the deal's `updatedTime`, and do they raise ONCRMDEALUPDATE? */
  doProductRowsTouchDeal: boolean;
  doProductRowsRaiseEvent: boolean;
  /** How many times one real change raises its event. */
  eventsPerUpdate: number;
  /** How many references deep `$result[…]` still resolves inside a batch; deeper ones are empty. */
  batchChainDepth: number;
  /** `filter[>id]` with an empty value: read as 0 (everything again), or refused. */
  emptyIdFilter: "zero" | "refused";
  /** Date filters in ISO form with an offset: honoured, or silently not filtering at all. */
  isoDateFilter: "works" | "ignored";
  /** A measure code the portal lacks: replaced by the default unit, refused, or kept nameless. */
  unknownMeasure: "default" | "refused" | "kept";
  /** Do stages of funnel 7 come as `C7:NEW` or as `NEW` from crm.status.list? */
  isStatusIdPrefixed: boolean;
  /** May a batch carry crm.timeline.comment.add with FILES? */
  areFilesAllowedInBatch: boolean;
  /** A deal with a contact that does not exist: refused, or saved without the contact. */
  missingContact: "refused" | "ignored";
  /** A title longer than 255 characters: refused, or cut. */
  longTitle: "refused" | "cut";
  /** Rows with a negative price: refused, or saved. */
  negativeRow: "refused" | "accepted";
  /** The sum of a deal: rows rounded one by one, or only their total. */
  opportunityRounding: "rows" | "total";
  /** With `useOriginalUfNames: Y` and an explicit `select`, some portals return empty items. */
  isOriginalNamesSelectBroken: boolean;
  /** Fields of a deal that must be filled on creation and on a change of stage. */
  requiredDealFields: readonly string[];
}

export const BITRIX24_DEFAULTS: Bitrix24Options = {
  timezone: "Europe/Moscow",
  clockSkew: 0,
  burst: 50,
  drainPerSecond: 2,
  operatingLimit: 480,
  isOperatingReported: true,
  operatingBilledTo: "nested",
  cost: usualCost,
  requestSeconds: 60,
  maxBodyBytes: 32 * 1024 * 1024,
  isHttpsRequired: false,
  isOriginFilterable: true,
  doProductRowsTouchDeal: true,
  doProductRowsRaiseEvent: true,
  eventsPerUpdate: 1,
  batchChainDepth: Number.POSITIVE_INFINITY,
  emptyIdFilter: "zero",
  isoDateFilter: "works",
  unknownMeasure: "default",
  isStatusIdPrefixed: true,
  areFilesAllowedInBatch: false,
  missingContact: "refused",
  longTitle: "refused",
  negativeRow: "refused",
  opportunityRounding: "rows",
  isOriginalNamesSelectBroken: false,
  requiredDealFields: [],
};

/** Seconds after the documents' samples: a list with a count is several times a list without. */
function usualCost(method: string, params: Readonly<Record<string, unknown>>): number {
  if (method.endsWith(".list")) return String(params["start"]) === "-1" ? 0.07 : 0.25;
  if (/\.(add|update|set|delete)$/.test(method)) return 0.3;
  return 0.02;
}
