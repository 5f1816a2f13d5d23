import { isSurelyList, parseQuickAdd } from "../../domain/quick_add/quick_add.ts";
import type { ChatContext } from "../context.ts";
import { isAlbumAnswered } from "../dispatch.ts";
import { MAIN_MENU } from "../keyboards.ts";
import {
  joinNextPart,
  readSentList,
  receiveList,
  receiveText,
  rereadEdited,
} from "../list_intake.ts";
import { say } from "../messages.ts";
import { COMMON, nameOfKind, unexpectedNow } from "../texts_common.ts";
import { UNEXPECTED } from "../texts_unexpected.ts";
import { takeExtra } from "./extras.ts";
import { offerContact } from "./contacts.ts";
import { searchUnasked } from "./search.ts";

/** What comes outside any question: a list, a table, a contact; the rest is answered in words. */
export async function handleUnasked(ctx: ChatContext): Promise<void> {
  if (await offerContact(ctx)) return;
  if (await takeExtra(ctx)) return;
  const list = readSentList(ctx);
  if (!list?.ok) return tellUnexpected(ctx);
  if (list.value.kind === "file") return receiveList(ctx, { kind: "unknown" }, list.value);
  const { text } = list.value;
  const parsed = parseQuickAdd(text);
  const isList = isSurelyList(parsed);
  if (await joinNextPart(ctx, isList)) return;
  if (isList) return receiveText(ctx, { kind: "unknown" }, { text, parsed });
  if (await searchUnasked(ctx)) return;
  await say(ctx, { text: UNEXPECTED.text }, MAIN_MENU);
}

async function tellUnexpected(ctx: ChatContext): Promise<void> {
  if (isService(ctx) || (await isAlbumAnswered(ctx))) return;
  const { text } = ctx.message ?? {};
  const answer =
    text === undefined ? unexpectedNow(nameOfKind(ctx.message ?? {})) : UNEXPECTED.empty;
  await say(ctx, { text: answer }, MAIN_MENU);
}

/** Pinned messages and the like: Telegram reports them, nobody wrote them. */
function isService(ctx: ChatContext): boolean {
  return ctx.has([
    "message:pinned_message",
    "message:message_auto_delete_timer_changed",
    "message:write_access_allowed",
    "message:web_app_data",
  ]);
}

/** Telegram tells of every edit. Only one of a list that still waits changes anything. */
export async function handleEdited(ctx: ChatContext): Promise<void> {
  if (await rereadEdited(ctx)) return;
  await say(ctx, { text: COMMON.editedNotRead });
}
