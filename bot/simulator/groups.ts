import type { ChatMember, User } from "grammy/types";
import { accountOf, apiChat, openGroup, userOfBot } from "./chats.ts";
import { addService } from "./messages.ts";
import type { Person } from "./person.ts";
import type { Chat, Group } from "./state.ts";
import { pushUpdate } from "./updates.ts";
import { nowInSeconds, type World } from "./world.ts";

/** A group of people, to which the bot may be added. People write into it by `chatKey`. */
export type SimulatedGroup = {
  readonly id: number;
  readonly chatKey: string;
  addBot(by: Person): void;
  removeBot(by: Person): void;
  /** Turns the group into a supergroup with another id; returns it. */
  migrate(by: Person): SimulatedGroup;
};

export type GroupOptions = { title: string; members: Person[]; isSupergroup?: boolean };

export function createGroup(world: World, options: GroupOptions): SimulatedGroup {
  const { title, members, isSupergroup = false } = options;
  const memberIds = members.map(({ id }) => id);
  const group = { title, isSupergroup, botStatus: "none" as const, migratedTo: null };
  return operate(world, openGroup(world, group, memberIds));
}

function operate(world: World, chat: Chat): SimulatedGroup {
  const group = groupOf(chat);

  function setBot(by: Person, status: "member" | "kicked"): void {
    const before = group.botStatus === "none" ? "left" : group.botStatus;
    const user = accountOf(world, by.id).user;
    for (const id of chat.memberIds) accountOf(world, id).isKnownToBot = true;
    if (status === "member") group.botStatus = "member";
    const service =
      status === "member"
        ? { new_chat_members: [userOfBot(world)] }
        : { left_chat_member: userOfBot(world) };
    group.botStatus = status;
    pushMembership(world, chat, user, before, status);
    addService(world, chat, user, service);
  }

  return {
    id: group.id,
    chatKey: chat.key,
    addBot: (by) => setBot(by, "member"),
    removeBot: (by) => setBot(by, "kicked"),
    migrate(by) {
      const { title, botStatus } = group;
      const next = openGroup(
        world,
        { title, botStatus, isSupergroup: true, migratedTo: null },
        chat.memberIds,
      );
      const user = accountOf(world, by.id).user;
      addService(world, chat, user, { migrate_to_chat_id: groupOf(next).id });
      addService(world, next, user, { migrate_from_chat_id: group.id });
      group.migratedTo = groupOf(next).id;
      return operate(world, next);
    },
  };
}

function groupOf(chat: Chat): Group {
  if (chat.group === null) throw new Error(`${chat.key} is not a group`);
  return chat.group;
}

function pushMembership(
  world: World,
  chat: Chat,
  from: User,
  before: "member" | "left" | "kicked",
  after: "member" | "kicked",
): void {
  pushUpdate(
    world,
    "my_chat_member",
    {
      chat: apiChat(world, chat),
      from,
      date: nowInSeconds(world),
      old_chat_member: membership(world, before),
      new_chat_member: membership(world, after),
    },
    `my_chat_member:${groupOf(chat).id}`,
  );
}

function membership(world: World, status: "member" | "left" | "kicked"): ChatMember {
  const user = userOfBot(world);
  return status === "kicked" ? { user, status, until_date: 0 } : { user, status };
}
