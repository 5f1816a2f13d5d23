import type { Role } from "../domain/access.ts";
import { publishedRole } from "./chat_memory.ts";
import { type ChatContext, chatIdOf } from "./context.ts";
import { describeError } from "../domain/described_error.ts";
import { classifyTelegramError } from "./telegram_errors.ts";
import { COMMANDS, LEADER_COMMANDS } from "./texts_common.ts";

/** Keeps the commands of a chat to the person's role, whoever changed it and wherever. */
export async function followRole(ctx: ChatContext): Promise<void> {
  const role = ctx.work.person?.actor?.role;
  if (role) await publishRole(ctx, role);
}

/** Foremen have the commands that everybody has: their chats need none of their own. */
export async function publishRole(ctx: ChatContext, role: Role): Promise<void> {
  const before = (await publishedRole.read(ctx))?.role ?? "foreman";
  if (before === role) return;
  const scope = { type: "chat", chat_id: chatIdOf(ctx) } as const;
  try {
    if (role === "foreman") await ctx.api.deleteMyCommands({ scope });
    else await ctx.api.setMyCommands([...COMMANDS, ...LEADER_COMMANDS], { scope });
  } catch (error) {
    // The menu is a convenience: what was asked for is done without it, and the next update tries again.
    if (classifyTelegramError(error) === null) throw error;
    ctx.tools.log.warn({ error: describeError(error) }, "commands were not published");
    return;
  }
  await publishedRole.write(ctx, { role });
}
