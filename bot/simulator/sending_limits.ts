import { tooManyRequests } from "./api_error.ts";
import type { Clock } from "./clock.ts";

/** Telegram's limits for bots: core.telegram.org/bots/faq#my-bot-is-hitting-limits. */
export type SendingLimits = {
  overallPerSecond: number;
  chatPerSecond: number;
  groupPerMinute: number;
};

export const documentedLimits: SendingLimits = {
  overallPerSecond: 30,
  chatPerSecond: 1,
  groupPerMinute: 20,
};

export type Limiter = {
  /** Null lets everything through, which is how the simulator starts. */
  set(limits: SendingLimits | null): void;
  /** Throws 429 with `retry_after` when the message would be one too many. */
  check(method: string, chatId: string): void;
};

const sending = /^(send(?!chataction)|copymessage|forwardmessage)/;

export function createLimiter(clock: Clock): Limiter {
  let limits: SendingLimits | null = null;
  let sent: { at: number; chatId: string }[] = [];

  function check(method: string, chatId: string): void {
    if (limits === null || !sending.test(method)) return;
    const now = clock.now();
    sent = sent.filter(({ at }) => at > now - 60_000);
    const inChat = sent.filter((message) => message.chatId === chatId);
    refuseWhenFull(sent, limits.overallPerSecond, 1000, now);
    refuseWhenFull(inChat, limits.chatPerSecond, 1000, now);
    if (chatId.startsWith("-")) refuseWhenFull(inChat, limits.groupPerMinute, 60_000, now);
    sent.push({ at: now, chatId });
  }

  return {
    set(next) {
      limits = next;
      sent = [];
    },
    check,
  };
}

function refuseWhenFull(sent: { at: number }[], most: number, windowMs: number, now: number): void {
  const recent = sent.filter(({ at }) => at > now - windowMs);
  if (recent.length < most) return;
  const oldest = recent[recent.length - most]?.at ?? now;
  throw tooManyRequests(Math.max(1, Math.ceil((oldest + windowMs - now) / 1000)));
}
