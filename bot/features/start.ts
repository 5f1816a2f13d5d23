import { z } from "zod";
import { isSurelyList, parseQuickAdd } from "../../domain/quick_add/quick_add.ts";
import { JOIN_PREFIX } from "../../domain/team.ts";
import { cleanText, cutText } from "../../domain/text.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { defineQuestion } from "../conversations/question.ts";
import { MAIN_MENU } from "../keyboards.ts";
import { receiveText } from "../list_intake.ts";
import { say } from "../messages.ts";
import { readField, readText } from "../reading.ts";
import type { Feature } from "../routes.ts";
import { publishRole } from "../role_commands.ts";
import { joinedText, REFUSED_INVITATIONS } from "../texts_invitations.ts";
import { START } from "../texts_start.ts";
import { openLinked } from "./links.ts";

const companyQuestion = defineQuestion({
  step: "start.company_name",
  params: z.strictObject({}),
  expects: START.nameExpected,
  prompt: (ctx) => ({ text: START.welcome(nameOf(ctx)) }),
  read: readField,
  handle: (ctx, _params, name: string) => foundOrReceive(ctx, name),
  skip: (ctx) => found(ctx, null),
  cancel: async (ctx) => {
    await say(ctx, { text: START.later });
  },
});

/** Whoever sends a list at once has not named the company: the list is read, and the name can follow. */
async function foundOrReceive(ctx: ChatContext, name: string): Promise<void> {
  const text = readText(ctx) ?? name;
  const parsed = text.includes("\n") ? parseQuickAdd(text) : null;
  if (parsed === null || !isSurelyList(parsed)) return found(ctx, cutText(name, 200));
  await found(ctx, null);
  return receiveText(ctx, { kind: "unknown" }, { text, parsed });
}

async function found(ctx: ChatContext, name: string | null): Promise<void> {
  // Two phones, or «Пропустить» and a name at once: the company is founded once.
  if (!ctx.work.person?.actor) await ctx.work.createCompany(name);
  await say(ctx, { text: START.founded }, MAIN_MENU);
  // Here, and not beside the answer to whatever the person sends next.
  await publishRole(ctx, servicesOf(ctx).actor.role);
}

/** Whoever has no company yet is asked for its name, whatever came. */
export function welcome(ctx: ChatContext): Promise<void> {
  return ask(ctx, companyQuestion, {});
}

/** `/start`, also with what a link carries: an invitation or a thing of the company. */
async function start(ctx: ChatContext): Promise<void> {
  const payload = String(ctx.match ?? "").trim();
  if (payload.startsWith(JOIN_PREFIX) && (await join(ctx, payload))) return;
  if (!ctx.work.person?.actor) return welcome(ctx);
  if (await openLinked(ctx, payload)) return;
  await say(ctx, { text: START.again(nameOf(ctx)) }, MAIN_MENU);
}

/** False when the invitation did not work: the person goes on as before. */
async function join(ctx: ChatContext, payload: string): Promise<boolean> {
  const joined = await ctx.work.joinCompany(payload.slice(JOIN_PREFIX.length));
  if (joined.outcome === "joined" || joined.outcome === "already_member") {
    await say(ctx, { text: joinedText(joined) }, MAIN_MENU);
    await publishRole(ctx, joined.role);
    return true;
  }
  await say(ctx, { text: REFUSED_INVITATIONS[joined.outcome] });
  return false;
}

export const startFeature: Feature = {
  commands: { start },
  questions: [companyQuestion],
};

function nameOf(ctx: ChatContext): string {
  return cutText(cleanText(ctx.from?.first_name ?? ""), 60) || "коллега";
}
