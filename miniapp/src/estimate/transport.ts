import type { Change } from "../../../domain/estimate/changes.ts";
import type { Content } from "../../../domain/estimate/estimate.ts";
import type { Id } from "../../../domain/ids.ts";
import { type Api, type EstimateHead, reach, read, refusal } from "../api.ts";
import { readChange, readContent, writeChange } from "./wire.ts";

export type SendResult =
  /** `isWhole`: after the base version the log holds this batch and nothing else. */
  | { readonly outcome: "accepted"; readonly version: number; readonly isWhole: boolean }
  | { readonly outcome: "conflict"; readonly version: number; readonly since: readonly Change[] };

/** The server as one estimate sees it. Every function throws `ApiError`. */
export interface Transport {
  readonly load: () => Promise<{ head: EstimateHead; content: Content }>;
  /** What an estimate is besides its content, with the newest version; cheap. */
  readonly look: () => Promise<EstimateHead>;
  readonly since: (version: number) => Promise<{ version: number; changes: readonly Change[] }>;
  readonly send: (batch: {
    baseVersion: number;
    changes: readonly Change[];
  }) => Promise<SendResult>;
}

/** The server sends no more changes than this at once; behind by more, an estimate is read anew. */
export const MAX_CHANGES_SINCE = 5000;

export function createTransport(api: Api, id: Id): Transport {
  const estimate = api.estimates[":id"];
  const param = { id };
  return {
    load: async () => {
      const { head, content } = await read(estimate.$get({ param }));
      return { head, content: readContent(content) };
    },
    look: () => read(estimate.card.$get({ param })),
    since: async (version) => {
      const query = { since: String(version) };
      const found = await read(estimate.changes.$get({ param, query }));
      return { version: found.version, changes: found.changes.map(readChange) };
    },
    send: async ({ baseVersion, changes }) => {
      await afterFrame();
      const json = { baseVersion, changes: changes.map(writeChange) };
      const answer = await reach(estimate.changes.$post({ param, json }));
      // A 409 of the sync protocol carries the changes; every other refusal an error.
      if (answer.status === 409) {
        const { version, since } = await answer.json();
        return { outcome: "conflict", version, since: since.map(readChange) };
      }
      if (!answer.ok) throw await refusal(answer);
      const { version, isWhole } = await read(Promise.resolve(answer));
      return { outcome: "accepted", version, isWhole };
    },
  };
}

/** A key is answered first: a request that begins in its frame would be felt. */
function afterFrame(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
