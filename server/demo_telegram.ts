import { join } from "node:path";
import { createSimulator } from "../bot/simulator/simulator.ts";
import { StartupError } from "../db/startup_error.ts";

/** Not a secret: it opens nothing but the simulator on this machine. */
const TOKEN = "5000000001:simulated-on-this-machine";

export interface DemoTelegram {
  readonly token: string;
  /** Bot API and chat page. */
  readonly url: string;
  close(): Promise<void>;
}

/** A Telegram on this machine, for a start without BOT_TOKEN. Its chats outlive a restart. */
export async function startDemoTelegram(options: {
  dataDir: string;
  /** The port beside the program's own; another free one when it is taken. */
  port: number;
  /** A page to which the chat page leads. */
  neighbour: { name: string; path: string; url: string } | null;
}): Promise<DemoTelegram> {
  const simulator = createSimulator({
    token: TOKEN,
    botUsername: "smetka_bot",
    botName: "Смётка",
    stateFile: join(options.dataDir, "telegram.json"),
    allowInsecureMiniApp: true,
    ...(options.neighbour ? { neighbour: options.neighbour } : {}),
  });
  try {
    const { url } = await simulator
      .listen({ host: "127.0.0.1", port: options.port })
      .catch(() => simulator.listen({ host: "127.0.0.1", port: 0 }));
    return { token: TOKEN, url, close: () => simulator.close() };
  } catch (cause) {
    throw new StartupError("port_taken", "Не удалось открыть страницу чата на этой машине.", {
      cause,
    });
  }
}
