import { type Id, packId, unpackId } from "../../domain/ids.ts";
import type { SearchHit } from "../../domain/search.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { MAIN_MENU } from "../keyboards.ts";
import { say } from "../messages.ts";
import { START } from "../texts_start.ts";
import { showEstimate } from "../views/estimate_card.ts";
import { showClient } from "./clients.ts";
import { showProject } from "./projects.ts";

type Opened = (ctx: ChatContext, id: Id) => Promise<void>;

/** What a link into the chat opens, by its first letter; who may not see it is told that it is not there. */
const OPENED: Readonly<Record<string, Opened>> = {
  e: showEstimate,
  c: async (ctx, id) => showClient(ctx, await servicesOf(ctx).clients.get(id)),
  p: async (ctx, id) => showProject(ctx, await servicesOf(ctx).projects.get(id)),
};
const START_LINK = /^https:\/\/t\.me\/\w+\?start=([ecp]_[\w-]{22})$/;

/** "https://t.me/<bot>?start=e_…"; null for a deal without an estimate. */
export function linkTo(ctx: ChatContext, { kind, id, estimateId }: SearchHit): string | null {
  const target = kind === "client" || kind === "project" ? id : estimateId;
  if (target === null) return null;
  const letter = kind === "client" ? "c" : kind === "project" ? "p" : "e";
  return `https://t.me/${ctx.me.username}?start=${letter}_${packId(target)}`;
}

/** False: the payload names nothing of a company. */
export async function openLinked(ctx: ChatContext, payload: string): Promise<boolean> {
  const open = payload[1] === "_" ? OPENED[payload[0] ?? ""] : undefined;
  if (!open) return false;
  const id = unpackId(payload.slice(2));
  if (id === null) await say(ctx, { text: START.badLink }, MAIN_MENU);
  else await open(ctx, id);
  return true;
}

/** The person chose what the bot offered, and sent it to the bot itself: no words of theirs. */
export function isChosen({ message, me }: ChatContext): boolean {
  return message?.via_bot?.id === me.id;
}

/** Shows what was chosen, by the button that it has. */
export async function openChosen(ctx: ChatContext): Promise<void> {
  const buttons = ctx.message?.reply_markup?.inline_keyboard.flat() ?? [];
  const urls = buttons.flatMap((button) => ("url" in button ? [button.url] : []));
  const payload = urls.flatMap((url) => START_LINK.exec(url)?.[1] ?? [])[0];
  if (payload !== undefined) await openLinked(ctx, payload);
}
