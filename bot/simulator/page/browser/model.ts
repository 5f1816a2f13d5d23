import type { BotView, ChatView, NeighbourView, PageEvent, PersonView } from "../views.ts";

/** What this page knows of the simulated Telegram. Kept up to date by the stream of events. */
export type Model = {
  bot(): BotView;
  neighbour(): NeighbourView | null;
  people(): PersonView[];
  person(personId: number): PersonView | undefined;
  chat(personId: number, chatKey: string): ChatView | undefined;
  listen(listener: (event: PageEvent) => void): () => void;
};

/** Connects and resolves with the first state; a lost connection is restored by the browser. */
export function connect(): Promise<Model> {
  const listeners = new Set<(event: PageEvent) => void>();
  const people = new Map<number, PersonView>();
  let neighbour: NeighbourView | null = null;
  let bot: BotView = { id: 0, name: "", username: "", description: "" };

  const model: Model = {
    bot: () => bot,
    neighbour: () => neighbour,
    people: () => [...people.values()],
    person: (personId) => people.get(personId),
    chat: (personId, chatKey) => people.get(personId)?.chats.find(({ key }) => key === chatKey),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function apply(event: PageEvent): void {
    switch (event.type) {
      case "state":
        ({ bot, neighbour } = event.state);
        people.clear();
        for (const person of event.state.people) people.set(person.id, person);
        return;
      case "person": {
        const chats = people.get(event.person.id)?.chats ?? [];
        people.set(event.person.id, { ...event.person, chats });
        return;
      }
      case "chat":
        applyChat(people.get(event.personId), event.chat);
        return;
      case "message": {
        const chat = model.chat(event.personId, event.chatKey);
        const id = event.view.message.message_id;
        const index = chat?.messages.findIndex(({ message }) => message.message_id === id) ?? -1;
        if (index >= 0) chat?.messages.splice(index, 1, event.view);
        else chat?.messages.push(event.view);
        return;
      }
      case "deleted": {
        const chat = model.chat(event.personId, event.chatKey);
        if (chat === undefined) return;
        chat.messages = chat.messages.filter(
          ({ message }) => !event.messageIds.includes(message.message_id),
        );
        return;
      }
      case "answer":
      case "inline":
        return;
      default:
        event satisfies never;
    }
  }

  return new Promise((resolve) => {
    const source = new EventSource("events");
    source.addEventListener("message", ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as PageEvent;
      apply(event);
      for (const listener of Array.from(listeners)) listener(event);
      resolve(model);
    });
  });
}

function applyChat(person: PersonView | undefined, head: Omit<ChatView, "messages">): void {
  if (person === undefined) return;
  const known = person.chats.find(({ key }) => key === head.key);
  if (known === undefined) person.chats.push({ ...head, messages: [] });
  else Object.assign(known, head);
}
