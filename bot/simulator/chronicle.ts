import type { Message } from "grammy/types";
import type { World } from "./world.ts";

/** A message as it was at the moment it was sent or edited. */
type Moment = {
  number: number;
  chatKey: string;
  change: "sent" | "edited";
  message: Message;
};

export type Chronicle = {
  /** The number of the last moment. */
  last(): number;
  since(number: number): Moment[];
};

const mostRemembered = 20_000;

/** Everything that was ever shown, in order: `waitFor` can't miss what was there for an instant. */
export function createChronicle(world: World): Chronicle {
  let moments: Moment[] = [];
  let last = 0;
  world.events.listen((event) => {
    if (event.type === "reset") moments = [];
    if (event.type !== "message") return;
    last += 1;
    const { chatKey, change } = event;
    moments.push({ number: last, chatKey, change, message: structuredClone(event.message) });
    if (moments.length > mostRemembered) moments = moments.slice(-mostRemembered / 2);
  });
  return {
    last: () => last,
    since: (number) => moments.slice(Math.max(0, number - (last - moments.length))),
  };
}
