import { createSimulator, type Simulator } from "../simulator/simulator.ts";
import { demandNoSurprises, startTestBot, TEST_TOKEN, TEST_USERNAME } from "../testing.ts";

export type Person = ReturnType<Simulator["person"]>;
export type Shown = Parameters<Person["buttons"]>[0];

/** The real bot, with the simulated Telegram around it. */
export interface BotStage {
  readonly simulator: Simulator;
  /** Fails when Telegram refused what nobody expected it to. */
  close(): Promise<void>;
}

/** @param updates what takes the updates: see `startTestBot` */
export async function openBotStage(
  updates: Parameters<typeof startTestBot>[0]["updates"],
): Promise<BotStage> {
  const simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  const bot = await startTestBot({ updates, apiRoot: url });
  bot.poll();
  return {
    simulator,

    close: async () => {
      await simulator.settle();
      demandNoSurprises(simulator.calls);
      await bot.stop();
      await simulator.close();
    },
  };
}

/** Whether a message has a button with these words in it. */
export const has = (person: Person, label: string) => (message: Shown) =>
  person
    .buttons(message)
    .flat()
    .some((text) => text.includes(label));

/** The label of the last message's button that has these words in it. */
export const labelWith = (person: Person, part: string) =>
  person
    .buttons()
    .flat()
    .find((text) => text.includes(part)) ?? "";
