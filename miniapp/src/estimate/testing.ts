import type { Change } from "../../../domain/estimate/changes.ts";
import { applyChange, applyChanges } from "../../../domain/estimate/changes.ts";
import { type Content, emptyContent } from "../../../domain/estimate/estimate.ts";
import type { Id } from "../../../domain/ids.ts";
import { ApiError, type EstimateHead } from "../api.ts";
import type { Keeper, LogEntry, Snapshot } from "./estimate_store.ts";
import { followLog } from "./keeping.ts";
import type { SendResult, Transport } from "./transport.ts";

/** A server, a network and a device for the tests of the editor's state. */

export function makeHead(version: number): EstimateHead {
  return {
    id: "01920000-0000-7000-8000-000000000000",
    number: "СМ-2026-0001",
    parentId: null,
    status: "draft",
    version,
    revision: 1,
    project: null,
    client: null,
    isRemoved: false,
    foreman: { id: "01920000-0000-7000-8000-000000000001", name: "Пётр" },
    createdAt: "2026-11-22T09:00:00.000Z",
    updatedAt: "2026-11-22T09:00:00.000Z",
  };
}

/** What the real server does with changes: one version a batch, everything in the log, conflicts. */
export class FakeServer {
  readonly log: { version: number; changes: readonly Change[] }[] = [];
  version = 0;
  content: Content = emptyContent();
  /** Refuses a batch that holds one of these, as a check of the real server would. */
  readonly refusedIds = new Set<Id>();

  send(baseVersion: number, changes: readonly Change[]): SendResult {
    const known = new Set(this.log.flatMap((entry) => entry.changes.map(({ id }) => id)));
    const fresh = changes.filter(({ id }) => !known.has(id));
    if (fresh.length === 0) return this.#accept(baseVersion, changes);
    if (baseVersion !== this.version) {
      return { outcome: "conflict", version: this.version, since: this.since(baseVersion) };
    }
    if (fresh.some(({ id }) => this.refusedIds.has(id))) {
      throw new ApiError(400, "invalid", "Не получилось прочитать запрос.");
    }
    this.version += 1;
    this.log.push({ version: this.version, changes: fresh });
    for (const change of fresh) this.content = applyChange(this.content, change);
    return this.#accept(baseVersion, changes);
  }

  #accept(baseVersion: number, changes: readonly Change[]): SendResult {
    const log = this.since(baseVersion).map(({ id }) => id);
    const isWhole =
      this.version === baseVersion + 1 && log.join() === changes.map(({ id }) => id).join();
    return { outcome: "accepted", version: this.version, isWhole };
  }

  since(version: number): Change[] {
    return this.log.filter((entry) => entry.version > version).flatMap((entry) => entry.changes);
  }

  replay(): Content {
    return applyChanges(emptyContent(), this.since(0));
  }
}

type Fate = "arrives" | "request_lost" | "answer_lost" | "arrives_twice";

interface Job {
  readonly deliver: (fate: Fate) => void;
}

/** Requests and timers wait here until the test lets them happen, in any order. */
export class FakeNetwork {
  readonly jobs: Job[] = [];
  readonly timers: (() => void)[] = [];
  readonly #server: FakeServer;

  constructor(server: FakeServer) {
    this.#server = server;
  }

  readonly after = (_: number, callback: () => void): void => {
    this.timers.push(callback);
  };

  transport(): Transport {
    const server = this.#server;
    return {
      load: () => this.#ask(() => ({ head: makeHead(server.version), content: server.content })),
      look: () => this.#ask(() => makeHead(server.version)),
      since: (version) =>
        this.#ask(() => ({ version: server.version, changes: server.since(version) })),
      send: ({ baseVersion, changes }) => this.#ask(() => server.send(baseVersion, changes)),
    };
  }

  #ask<Answer>(answer: () => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const lost = () => reject(new ApiError(0, "offline", "Нет связи."));
      const arrive = () => {
        try {
          resolve(answer());
        } catch (error) {
          reject(error);
        }
      };
      this.jobs.push({
        deliver: (fate) => {
          if (fate === "request_lost") lost();
          else if (fate === "arrives") arrive();
          else {
            attempt(answer);
            if (fate === "answer_lost") lost();
            else arrive();
          }
        },
      });
    });
  }
}

function attempt(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** What survives when the app is killed; the last writes may not have happened. */
export class FakeDevice implements Keeper {
  #snapshot: Snapshot;
  readonly #entries = new Map<number, LogEntry>();
  readonly changes = new Map<Id, Change>();
  losesSnapshots = false;
  losesDrops = false;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** As an opening reads it. */
  get snapshot(): Snapshot {
    return followLog(this.#snapshot, [...this.#entries.values()]);
  }

  readonly keepSnapshot = (snapshot: Snapshot): void => {
    if (this.losesSnapshots) return;
    this.#snapshot = snapshot;
    for (const from of this.#entries.keys()) {
      if (from < snapshot.version) this.#entries.delete(from);
    }
  };

  readonly keepHead = (head: EstimateHead): void => {
    if (!this.losesSnapshots) this.#snapshot = { ...this.#snapshot, head };
  };

  readonly keepLog = (entry: LogEntry): void => {
    if (!this.losesSnapshots) this.#entries.set(entry.from, entry);
  };

  readonly keepChanges = (changes: readonly Change[]): void => {
    for (const change of changes) this.changes.set(change.id, change);
  };

  readonly dropChanges = (ids: ReadonlySet<Id>): void => {
    if (this.losesDrops) return;
    for (const id of ids) this.changes.delete(id);
  };
}
