import type { CallbackAnswer } from "./state.ts";
import type { InlineQueryResult, Message } from "grammy/types";

/** What happened, for those who watch: the chat page, `waitFor` and the state file. */
export type SimulatorEvent =
  | { type: "message"; chatKey: string; change: "sent" | "edited"; message: Message }
  | { type: "deleted"; chatKey: string; messageIds: number[] }
  /** Keyboard, menu button, pin, action, membership or read mark. */
  | { type: "chat"; chatKey: string }
  | { type: "person"; personId: number }
  | { type: "callback_answer"; personId: number; queryId: string; answer: CallbackAnswer }
  | { type: "inline_answer"; personId: number; queryId: string; results: InlineQueryResult[] }
  /** Commands, the common menu button, the bot's texts, or a new person. */
  | { type: "everything" }
  | { type: "call"; callId: number }
  | { type: "update"; updateId: number }
  /** The bot took updates, or gave up on them. */
  | { type: "taken" }
  | { type: "reset" };

export type Events = {
  emit(event: SimulatorEvent): void;
  /** Returns the way to stop listening. */
  listen(listener: (event: SimulatorEvent) => void): () => void;
};

export function createEvents(): Events {
  const listeners = new Set<(event: SimulatorEvent) => void>();
  return {
    emit(event) {
      for (const listener of Array.from(listeners)) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
