import type { Model } from "./model.ts";

/** What the parts of one person's phone work with. */
export type Phone = {
  readonly model: Model;
  readonly personId: number;
  readonly element: HTMLElement;
  botChatKey(): string;
  openChat(chatKey: string, options?: ChatOptions): void;
  openList(): void;
  /** Opens any link: inside when it leads to Telegram, otherwise in a new tab. */
  openLink(url: string): void;
  openMiniApp(request: MiniAppRequest): Promise<void>;
  toast(text: string): void;
  alert(text: string): void;
};

export type ChatOptions = {
  /** From a link: the START button comes and sends it. */
  startPayload?: string;
  draft?: string;
};

export type Screen = { element: HTMLElement; close(): void };

export type MiniAppRequest = {
  url?: string;
  startParameter?: string;
  /** From a reply keyboard: the app may send data to the bot under this button's name. */
  buttonText?: string;
};
