import { type Actor, can } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { LIVE_CLOSE, type LiveEvent } from "../../domain/live.ts";
import type { LiveEstimate, LiveRow } from "../../db/live_events.ts";
import type { News } from "./feed.ts";
import {
  aboutDocument,
  aboutEstimate,
  aboutNotifications,
  aboutSync,
  frame,
  keyOf,
} from "./frames.ts";
import { makePosition } from "./position.ts";

/** One socket whose person, or program with a key, is known. */
export interface Member {
  readonly actor: Actor;
  /** Null for a person, who signed in with a session. */
  readonly keyId: Id | null;
  /** Null: a key, which is good until somebody revokes it. */
  readonly expiresAt: Date | null;
  /** Hears of the company's lists. */
  hasLists: boolean;
  readonly watches: Map<Id, Watch>;
  readonly send: (text: Buffer) => void;
  readonly close: (code: number) => void;
}

/** Events of one estimate while its first answer is read. */
export const MAX_HELD = 100;

/** An estimate that somebody looks at. Versions come one after another, each once. */
export interface Watch {
  /** The last one that was sent; null while the first answer is being read. */
  version: number | null;
  /** What came meanwhile: version → event. */
  readonly held: Map<number, string>;
}

interface Room {
  readonly members: Set<Member>;
  readonly watchers: Map<Id, Set<Member>>;
}

/** Who of this process hears what. Knows no database and no sockets. */
export interface Hub {
  readonly join: (member: Member) => void;
  readonly leave: (member: Member) => void;
  readonly watch: (member: Member, estimateId: Id) => Watch;
  readonly unwatch: (member: Member, estimateId: Id) => void;
  readonly isWatched: (companyId: Id, estimateId: Id) => boolean;
  readonly deliver: (news: News) => void;
  readonly closeAll: (code: number) => void;
  /** Sockets of the same person, or with the same key, oldest first. */
  readonly likeOf: (member: Member) => readonly Member[];
}

export function createHub({ clock }: { clock: () => Date }): Hub {
  const rooms = new Map<Id, Room>();

  function unwatch(member: Member, estimateId: Id): void {
    member.watches.delete(estimateId);
    const watchers = rooms.get(member.actor.companyId)?.watchers;
    const others = watchers?.get(estimateId);
    others?.delete(member);
    if (others?.size === 0) watchers?.delete(estimateId);
  }

  function membersOf(companyId: Id): Member[] {
    return [...(rooms.get(companyId)?.members ?? [])];
  }

  return {
    join: (member) => {
      const { companyId } = member.actor;
      const room = rooms.get(companyId) ?? { members: new Set(), watchers: new Map() };
      rooms.set(companyId, room);
      room.members.add(member);
    },
    leave: (member) => {
      for (const estimateId of member.watches.keys()) unwatch(member, estimateId);
      const room = rooms.get(member.actor.companyId);
      room?.members.delete(member);
      if (room?.members.size === 0) rooms.delete(member.actor.companyId);
    },
    watch: (member, estimateId) => {
      const watch: Watch = { version: null, held: new Map() };
      member.watches.set(estimateId, watch);
      const watchers = rooms.get(member.actor.companyId)?.watchers;
      const others = watchers?.get(estimateId) ?? new Set();
      watchers?.set(estimateId, others.add(member));
      return watch;
    },
    unwatch,
    isWatched: (companyId, estimateId) => rooms.get(companyId)?.watchers.has(estimateId) ?? false,
    deliver: (news) => {
      for (const row of news.rows) {
        if (row.kind !== "signed_out") continue;
        const keyId = keyOf(row.details);
        // Before anything else: of what was committed after it they hear nothing.
        for (const member of membersOf(row.companyId)) {
          // A key lives by the person who made it.
          const isMeant =
            keyId === null ? member.actor.userId === row.userId : member.keyId === keyId;
          if (isMeant) member.close(LIVE_CLOSE.signInAgain);
        }
      }
      const now = clock();
      const position = makePosition(news.snapshot, now);
      for (const [companyId, rows] of groupByCompany(news.rows)) {
        const room = rooms.get(companyId);
        if (room) deliverIn(room, { rows, news, position, now }, unwatch);
      }
    },
    closeAll: (code) => {
      for (const { members } of rooms.values()) for (const member of members) member.close(code);
    },
    likeOf: ({ actor, keyId }) =>
      membersOf(actor.companyId).filter(
        (member) => member.actor.userId === actor.userId && member.keyId === keyId,
      ),
  };
}

interface Delivery {
  readonly rows: readonly LiveRow[];
  readonly news: News;
  readonly position: string;
  readonly now: Date;
}

/** Everybody gets one frame; those who hear the same share it. */
function deliverIn(
  room: Room,
  { rows, news, position, now }: Delivery,
  unwatch: (member: Member, estimateId: Id) => void,
): void {
  const outbox = createOutbox();
  const tellWatchers = (estimate: LiveEstimate, tell: (member: Member) => void) => {
    for (const member of room.watchers.get(estimate.id) ?? []) {
      if (mayRead(member, estimate)) tell(member);
      else {
        unwatch(member, estimate.id);
        outbox.addAll([member], { kind: "gone", estimateId: estimate.id });
      }
    }
  };
  /** The last word about each: `true` when it stands elsewhere than before. */
  const moved = new Map<Id, { estimate: LiveEstimate; isMoved: boolean }>();
  for (const row of rows) {
    const { kind, estimate, version, userId } = row;
    if (estimate && (kind === "changes" || kind === "estimate")) {
      const isMoved = kind === "estimate" || (moved.get(estimate.id)?.isMoved ?? false);
      moved.set(estimate.id, { estimate, isMoved });
    }
    if (kind === "changes" && estimate && version !== null) {
      const changes = news.batches.get(`${estimate.id}/${version}`) ?? "null";
      const event = `{"kind":"changes","estimateId":"${estimate.id}","version":${version},"changes":${changes}}`;
      tellWatchers(estimate, (member) => {
        if (takeVersion(member.watches.get(estimate.id), version, event)) {
          outbox.add(member, event);
        }
      });
    } else if (kind === "document" && estimate) {
      const event = JSON.stringify(aboutDocument(row.details, estimate.id));
      for (const member of room.members) {
        const hears = member.actor.userId === userId || member.watches.has(estimate.id);
        if (hears && mayRead(member, estimate)) outbox.add(member, event);
      }
    } else if (kind === "crm_sync") outbox.addAll(leadersOf(room), aboutSync(row.details));
  }
  for (const { estimate, isMoved } of moved.values()) {
    const event = JSON.stringify(aboutEstimate(estimate));
    const told = new Set<Member>();
    if (isMoved) {
      tellWatchers(estimate, (member) => {
        told.add(member);
        outbox.add(member, event);
      });
    }
    for (const member of room.members) {
      if (member.hasLists && !told.has(member) && mayRead(member, estimate)) {
        outbox.add(member, event);
      }
    }
  }
  const counted = rows.flatMap(({ kind, details }) => (kind === "notifications" ? [details] : []));
  if (counted.length > 0) outbox.addAll(leadersOf(room), aboutNotifications(counted));
  outbox.send(position, now);
}

/** Whether the event goes out now: each version once, in order, after the first answer. */
function takeVersion(watch: Watch | undefined, version: number, event: string): boolean {
  if (!watch) return false;
  if (watch.version === null) {
    // One more than may be held: then the socket is cut off.
    if (watch.held.size <= MAX_HELD) watch.held.set(version, event);
    return false;
  }
  if (version <= watch.version) return false;
  watch.version = version;
  return true;
}

function mayRead({ actor }: Member, { ownerIds }: LiveEstimate): boolean {
  return can(actor, "estimate.read", { companyId: actor.companyId, ownerIds });
}

function leadersOf({ members }: Room): Member[] {
  return [...members].filter(
    ({ actor, hasLists }) => hasLists && can(actor, "report.read", { companyId: actor.companyId }),
  );
}

/** Collects what each hears, and makes one frame of every combination. */
function createOutbox() {
  const texts: string[] = [];
  const numbers = new Map<string, number>();
  const lists = new Map<Member, number[]>();
  const addText = (member: Member, text: string) => {
    const number = numbers.get(text) ?? texts.push(text) - 1;
    numbers.set(text, number);
    const list = lists.get(member);
    if (list) list.push(number);
    else lists.set(member, [number]);
  };
  return {
    add: addText,
    addAll: (members: Iterable<Member>, event: LiveEvent) => {
      const text = JSON.stringify(event);
      for (const member of members) addText(member, text);
    },
    send: (position: string, now: Date) => {
      const frames = new Map<string, Buffer>();
      for (const [member, list] of lists) {
        if (member.expiresAt !== null && member.expiresAt <= now) {
          member.close(LIVE_CLOSE.unauthenticated);
          continue;
        }
        const key = list.join();
        const made =
          frames.get(key) ??
          frame(
            list.map((number) => texts[number] ?? ""),
            position,
          );
        frames.set(key, made);
        member.send(made);
      }
    },
  };
}

function groupByCompany(rows: readonly LiveRow[]): Map<Id, LiveRow[]> {
  const groups = new Map<Id, LiveRow[]>();
  for (const row of rows) {
    const group = groups.get(row.companyId);
    if (group) group.push(row);
    else groups.set(row.companyId, [row]);
  }
  return groups;
}
