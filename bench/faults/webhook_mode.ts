import type { ProgramName, Stage } from "./stage.ts";

/** The same work with updates over the webhook; afterwards the bot polls again. */
export async function withWebhook(stage: Stage, work: () => Promise<string>): Promise<string> {
  await restartFor(stage, "webhook");
  try {
    return await work();
  } finally {
    await restartFor(stage, "polling");
  }
}

async function restartFor(stage: Stage, mode: Stage["mode"]): Promise<void> {
  stage.mode = mode;
  const names: ProgramName[] = ["web", "bot"];
  await Promise.all(names.map((name) => stage.end(name, "SIGTERM")));
  for (const name of names) await stage.start(name);
}
