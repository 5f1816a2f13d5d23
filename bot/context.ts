import type { ConversationFlavor } from "@grammyjs/conversations";
import type { Context } from "grammy";
import type { Logger } from "pino";
import type { Id } from "../domain/ids.ts";
import type { Services, UpdateWork } from "../domain/services.ts";
import type { TableReader } from "./tables.ts";
import type { CallLimit } from "./update_api.ts";

export interface ChatConfig {
  /** "https://api.telegram.org", or another Bot API server; without a slash at the end. */
  readonly apiRoot: string;
  /** The address of this program for people; null when it has none. */
  readonly publicUrl: string | null;
  readonly miniAppUrl: string | null;
  /** Telegram refuses Mini Apps over http; the simulator takes them. */
  readonly allowInsecureMiniApp: boolean;
}

export interface ChatTools {
  readonly log: Logger;
  readonly now: () => Date;
  readonly newId: () => Id;
  readonly tables: TableReader;
  readonly config: ChatConfig;
  /** Where Mini App buttons lead; null when Telegram would refuse them. */
  readonly miniAppUrl: string | null;
  readonly download: (fileId: string) => Promise<Download>;
}

export type Download =
  | { readonly outcome: "bytes"; readonly bytes: Uint8Array }
  | { readonly outcome: "too_big" | "gone" };

/** JSON-safe, and small: ids and words, never data. */
export type Params = Readonly<Record<string, string | number | boolean | null>>;

/** The question that the chat waits at. */
export interface Asked {
  readonly step: string;
  readonly params: Params;
  /** The message with the question and its buttons. */
  readonly promptId: number | null;
}

/** What the conversation made of this update. */
export type Answer =
  | { readonly kind: "value"; readonly asked: Asked; readonly value: unknown }
  | { readonly kind: "skip" | "cancel"; readonly asked: Asked }
  | { readonly kind: "problem"; readonly asked: Asked; readonly problem: string };

interface ChatFlavor {
  readonly callLimit: CallLimit;
  work: UpdateWork;
  tools: ChatTools;
  asked: Asked | null;
  answer: Answer | null;
  /** The stored question is of another version of the program. */
  isOutdated: boolean;
  /** Messages that this update has changed already. */
  touched: Set<number>;
  /** A press may be answered once. */
  isPressAnswered: boolean;
  /** What first went wrong: an aborted transaction brings more errors behind it. */
  failure: unknown;
}

export type ChatContext = ConversationFlavor<Context> & ChatFlavor;

export type Handler = (ctx: ChatContext) => Promise<void>;

export function servicesOf(ctx: ChatContext): Services {
  return ctx.work.services();
}

/** The private chat of the update. */
export function chatIdOf(ctx: ChatContext): number {
  const chatId = ctx.chatId ?? ctx.from?.id;
  if (chatId === undefined) throw new TypeError("an update without a chat");
  return chatId;
}
