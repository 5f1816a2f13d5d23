import type { RemoteRef } from "../../../domain/crm_adapter.ts";
import { asList, asMap, asText } from "../loose.ts";
import type { AmocrmClient } from "./client.ts";

const LIMIT = 250;
/** A lead with more notes than this is searched no further. */
const MOST_PAGES = 8;

/** The first note of a lead that begins with this line; its text, or null. */
export async function findNote(
  client: AmocrmClient,
  ref: RemoteRef,
  head: string,
  signal: AbortSignal,
): Promise<string | null> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await client.call({
      operation: "GET /leads/{id}/notes",
      path: `/leads/${ref.id}/notes`,
      query: { "filter[note_type]": "common", limit: String(LIMIT), page: String(page) },
      signal,
    });
    const notes = asList(asMap(answer?.["_embedded"])["notes"]).map(asMap);
    const texts = notes.map((note) => asText(asMap(note["params"])["text"]));
    const found = texts.find((text) => text.startsWith(head));
    if (found !== undefined) return found;
    if (notes.length < LIMIT) return null;
  }
  return null;
}

export async function addNote(
  client: AmocrmClient,
  ref: RemoteRef,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  await client.call({
    operation: "POST /leads/{id}/notes",
    path: `/leads/${ref.id}/notes`,
    body: [{ note_type: "common", params: { text } }],
    signal,
  });
}
