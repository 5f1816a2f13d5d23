import { StartupError } from "../db/startup_error.ts";

/**
 * The simulated Telegram and the simulated portal, loaded only where they are wanted: the production image
 * does not hold them. Throws a StartupError there.
 */
export async function loadDemo() {
  try {
    const [{ startDemoTelegram }, { startDemoCrm }] = await Promise.all([
      import("./demo_telegram.ts"),
      import("./demo_crm.ts"),
    ]);
    return { startDemoTelegram, startDemoCrm };
  } catch (cause) {
    const isMissing =
      cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND";
    if (!isMissing) throw cause;
    throw new StartupError(
      "unsupported",
      "В этой сборке нет пробного Telegram: задайте BOT_TOKEN, его выдаёт @BotFather.",
      { cause },
    );
  }
}
