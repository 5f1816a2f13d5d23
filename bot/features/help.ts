import type { ChatContext } from "../context.ts";
import { MAIN_MENU } from "../keyboards.ts";
import { say } from "../messages.ts";
import type { Feature } from "../routes.ts";
import { MENU } from "../texts_common.ts";
import { helpText } from "../texts_start.ts";

export const helpFeature: Feature = {
  commands: { help: showHelp },
  labels: { [MENU.help]: showHelp },
};

async function showHelp(ctx: ChatContext): Promise<void> {
  const { publicUrl } = ctx.tools.config;
  await say(ctx, { text: helpText(ctx.tools.miniAppUrl !== null, publicUrl) }, MAIN_MENU);
}
