import type { CrmKind } from "../../domain/crm.ts";
import type { Id } from "../../domain/ids.ts";
import type { Connected } from "./connecting.ts";
import type { SyncProgress } from "./syncing.ts";

/** A message to change; without an id, or when it can't be changed any more, a new one is sent. */
export interface ChatPlace {
  readonly chatId: number;
  readonly messageId: number | null;
}

/** What jobs say in the chat about CRMs. */
export interface CrmChat {
  connected(place: ChatPlace, kind: CrmKind, connected: Connected): Promise<void>;
  refused(place: ChatPlace, kind: CrmKind, reason: string): Promise<void>;
  progress(place: ChatPlace, progress: SyncProgress): Promise<void>;
  synced(
    place: ChatPlace,
    outcome: {
      readonly connectionId: Id;
      readonly clients: number;
      readonly deals: number;
      /** Whether records wait for «Это один и тот же клиент?». */
      readonly hasReviews: boolean;
    },
  ): Promise<void>;
  broken(place: ChatPlace, connectionId: Id, reason: string): Promise<void>;
}
