import type { PackedTable } from "../../fake/seeded_table.ts";
import type { Item, PortalState } from "./portal_state.ts";

/** The parts of a portal that are plain data already. */
const PLAIN = [
  "condition",
  "categories",
  "stages",
  "currencies",
  "measures",
  "dealUserFields",
  "comments",
  "stageMoves",
] as const;

const TABLES = ["contacts", "companies", "deals", "quotes"] as const;

type Archive = Pick<PortalState, (typeof PLAIN)[number]> & {
  bornAt: number;
  webhook: Omit<PortalState["webhook"], "scopes"> & { scopes: string[] };
  handlers: (Omit<PortalState["handlers"][number], "events"> & { events: string[] })[];
  tables: Record<(typeof TABLES)[number], PackedTable<Item>>;
  productRows: [
    string,
    PortalState["productRows"] extends Map<string, infer Rows> ? Rows : never,
  ][];
  sequences: [string, number][];
};

/** Everything that happened in a portal since its seed, as text for a file. */
export function packPortal(portal: PortalState, bornAt: number): string {
  const archive: Archive = {
    ...(Object.fromEntries(PLAIN.map((name) => [name, portal[name]])) as Pick<
      PortalState,
      (typeof PLAIN)[number]
    >),
    bornAt,
    webhook: { ...portal.webhook, scopes: [...portal.webhook.scopes] },
    handlers: portal.handlers.map((handler) => ({ ...handler, events: [...handler.events] })),
    tables: {
      contacts: portal.contacts.pack(),
      companies: portal.companies.pack(),
      deals: portal.deals.pack(),
      quotes: portal.quotes.pack(),
    },
    productRows: [...portal.productRows],
    sequences: [...portal.sequences],
  };
  return JSON.stringify(archive, (_key, value: unknown) =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value,
  );
}

/** Moment of the seed in an archive, in ms. The portal must be seeded with it before `unpack`. */
export function birthOf(text: string): number {
  return readArchive(text).bornAt;
}

/** Brings what was packed back into a portal of the same seed. */
export function unpackPortal(portal: PortalState, text: string): void {
  const archive = readArchive(text);
  for (const name of PLAIN) Object.assign(portal, { [name]: archive[name] });
  for (const name of TABLES) portal[name].unpack(archive.tables[name]);
  Object.assign(portal.webhook, archive.webhook, { scopes: new Set(archive.webhook.scopes) });
  portal.handlers = archive.handlers.map((handler) => ({
    ...handler,
    events: new Set(handler.events),
  }));
  for (const [key, rows] of archive.productRows) portal.productRows.set(key, rows);
  for (const [name, number] of archive.sequences) portal.sequences.set(name, number);
}

function readArchive(text: string): Archive {
  return JSON.parse(text, (_key, value: unknown) => {
    const isBytes = typeof value === "object" && value !== null && "base64" in value;
    return isBytes ? new Uint8Array(Buffer.from(String(value.base64), "base64")) : value;
  }) as Archive;
}
