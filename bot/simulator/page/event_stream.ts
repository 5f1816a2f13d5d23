import type { SimulatorEvent } from "../events.ts";
import type { Chat } from "../state.ts";
import type { World } from "../world.ts";
import type { PageEvent } from "./views.ts";
import { viewChatHead, viewMessage, viewPerson, viewState } from "./view_state.ts";

/** The state now and then everything that happens, as server-sent events. */
export function openEventStream(world: World): Response {
  let stop = () => {};
  const stream = new ReadableStream<string>({
    start(controller) {
      const send = (event: PageEvent) => {
        controller.enqueue(`data: ${JSON.stringify(event)}\n\n`);
      };
      send({ type: "state", state: viewState(world) });
      stop = world.events.listen((event) => {
        for (const pageEvent of translate(world, event)) send(pageEvent);
      });
    },
    cancel: () => stop(),
  });
  return new Response(stream.pipeThrough(new TextEncoderStream()), {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

/** One event of the simulator for everybody who sees it. */
function translate(world: World, event: SimulatorEvent): PageEvent[] {
  switch (event.type) {
    case "message":
      return inChat(world, event.chatKey, (chat, personId) => {
        const entry = chat.messages.get(event.message.message_id);
        if (entry === undefined) return [];
        const view = viewMessage(entry);
        return [{ type: "message", personId, chatKey: chat.key, view }];
      });
    case "deleted":
      return inChat(world, event.chatKey, (chat, personId) => [
        { type: "deleted", personId, chatKey: chat.key, messageIds: event.messageIds },
      ]);
    case "chat":
      return inChat(world, event.chatKey, (chat, personId) => [
        { type: "chat", personId, chat: viewChatHead(world, personId, chat) },
      ]);
    case "person":
      return [{ type: "person", person: viewPerson(world, event.personId) }];
    case "callback_answer":
      return [{ ...event, type: "answer" }];
    case "inline_answer":
      return [{ ...event, type: "inline" }];
    case "everything":
    case "reset":
      return [{ type: "state", state: viewState(world) }];
    case "call":
    case "update":
    case "taken":
      return [];
    default:
      return event satisfies never;
  }
}

function inChat(
  world: World,
  chatKey: string,
  show: (chat: Chat, personId: number) => PageEvent[],
): PageEvent[] {
  const chat = world.state.chats.get(chatKey);
  return chat === undefined ? [] : chat.memberIds.flatMap((personId) => show(chat, personId));
}
