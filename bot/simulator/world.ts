import type { Logger } from "pino";
import type { UserFromGetMe } from "grammy/types";
import type { Clock } from "./clock.ts";
import type { Events } from "./events.ts";
import type { FileBytes } from "./file_bytes.ts";
import type { State } from "./state.ts";

/** What every part of the simulator works on. */
export type World = {
  readonly token: string;
  readonly bot: UserFromGetMe;
  readonly clock: Clock;
  readonly events: Events;
  readonly fileBytes: FileBytes;
  readonly rules: Rules;
  readonly log: Log | undefined;
  readonly neighbour: { name: string; path: string; url: string } | null;
  state: State;
};

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

type Rules = {
  /** Telegram refuses Mini Apps over http; true allows them. A deviation for local use. */
  allowInsecureMiniApp: boolean;
  /** A callback or inline query can be answered this long. */
  queryLifetimeMs: number;
};

/** Telegram's dates are whole seconds. */
export function nowInSeconds(world: World): number {
  return Math.floor(world.clock.now() / 1000);
}
