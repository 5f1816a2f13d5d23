import type { Change } from "../../../domain/estimate/changes.ts";
import type { Content } from "../../../domain/estimate/estimate.ts";
import type { ApiError, EstimateHead } from "../api.ts";
import { asApiError } from "../loading.ts";
import type { Replica } from "./replica.ts";
import { MAX_CHANGES_SINCE, type SendResult, type Transport } from "./transport.ts";

/** How the own changes fare. What the person sees is always this, never a guess. */
export type SyncStatus =
  | { readonly kind: "saved" }
  | { readonly kind: "sending" }
  | { readonly kind: "offline" }
  /** The server will not take what is waiting, however often it is sent. */
  | { readonly kind: "refused"; readonly error: ApiError; readonly changeIds: readonly string[] };

export interface SyncDependencies {
  readonly transport: Transport;
  readonly getReplica: () => Replica;
  /** The server's log right after the replica's version. */
  readonly onLog: (version: number, changes: readonly Change[]) => void;
  /** The server has dealt with these changes. */
  readonly onSettled: (ids: ReadonlySet<string>) => void;
  /** Too far behind for the log. */
  readonly onReload: (head: EstimateHead, content: Content) => void;
  readonly onHead: (head: EstimateHead) => void;
  readonly onStatus: (status: SyncStatus) => void;
  /** Calls back after so many ms. */
  readonly after: (milliseconds: number, callback: () => void) => void;
}

export interface Sync {
  /** There is something to send. */
  readonly push: () => void;
  /** Asks the server what is new: when the window comes back, when the network does. */
  readonly refresh: () => void;
  /** News from the server's own channel. */
  readonly receive: (version: number, changes: readonly Change[]) => void;
  /** Tries again at once, also what was refused. */
  readonly retry: () => void;
  readonly stop: () => void;
}

const FIRST_PAUSE = 1000; // ms
const LONGEST_PAUSE = 30_000; // ms
/** One request of a dying network should have a chance. */
const MAX_BATCH = 200;

/** Sends own changes and fetches the others', one request at a time, until both sides agree. */
export function createSync(deps: SyncDependencies): Sync {
  const { transport, getReplica } = deps;
  let newest = 0;
  let wantsLook = false;
  let maxBatch = MAX_BATCH;
  let isRunning = false;
  const life = { isStopped: false };
  let refused: SyncStatus | null = null;
  let wake: (() => void) | null = null;

  const isBehind = () => newest > getReplica().version;
  const canPush = () => getReplica().pending.length > 0 && refused === null;

  /** An answer; after the stop none, so that nothing happens any more. */
  async function hear<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } finally {
      if (life.isStopped) await new Promise(() => undefined);
    }
  }

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    let pause = FIRST_PAUSE;
    while (!life.isStopped && (wantsLook || isBehind() || canPush())) {
      try {
        if (canPush()) deps.onStatus({ kind: "sending" });
        await step();
        pause = FIRST_PAUSE;
      } catch (error) {
        if (!(await survive(asApiError(error), pause))) break;
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
    isRunning = false;
    if (life.isStopped) return;
    if (refused) deps.onStatus(refused);
    else if (getReplica().pending.length === 0) deps.onStatus({ kind: "saved" });
  }

  async function step(): Promise<void> {
    if (wantsLook) {
      const head = await hear(transport.look());
      wantsLook = false;
      newest = Math.max(newest, head.version);
      deps.onHead(head);
    } else if (isBehind()) await pull();
    else await pushBatch();
  }

  async function pushBatch(): Promise<void> {
    const { version: baseVersion, pending } = getReplica();
    const changes = pending.slice(0, maxBatch);
    const ids = new Set(changes.map(({ id }) => id));
    const result = await send(baseVersion, changes);
    if (result === null) return;
    if (result.outcome === "conflict") {
      await takeLog(baseVersion, result.version, result.since);
      return;
    }
    if (result.isWhole) await takeLog(baseVersion, result.version, changes);
    else await pull();
    deps.onSettled(ids);
    if (getReplica().pending.length === 0) maxBatch = MAX_BATCH;
  }

  /** Null when the server will not take the batch: it goes on in parts, or waits for the person. */
  async function send(baseVersion: number, changes: readonly Change[]): Promise<SendResult | null> {
    try {
      return await hear(transport.send({ baseVersion, changes }));
    } catch (caught) {
      const error = asApiError(caught);
      if (error.isTemporary || error.code === "unauthenticated") throw error;
      // One bad change must not hold back the good ones: find it.
      if (changes.length > 1 && error.code !== "frozen") maxBatch = 1;
      else {
        refused = { kind: "refused", error, changeIds: changes.map(({ id }) => id) };
        maxBatch = MAX_BATCH;
      }
      return null;
    }
  }

  async function pull(): Promise<void> {
    const from = getReplica().version;
    const { version, changes } = await hear(transport.since(from));
    await takeLog(from, version, changes);
  }

  async function takeLog(from: number, version: number, changes: readonly Change[]): Promise<void> {
    newest = Math.max(newest, version);
    if (getReplica().version !== from) return;
    if (changes.length < MAX_CHANGES_SINCE) {
      deps.onLog(version, changes);
      return;
    }
    const { head, content } = await hear(transport.load());
    deps.onReload(head, content);
  }

  /** False: trying again by itself would not help. */
  async function survive(error: ApiError, pause: number): Promise<boolean> {
    if (!error.isTemporary) {
      refused = { kind: "refused", error, changeIds: [] };
      return false;
    }
    deps.onStatus({ kind: "offline" });
    await new Promise<void>((resolve) => {
      wake = resolve;
      deps.after(pause, resolve);
    });
    return true;
  }

  return {
    push: () => void run(),
    refresh: () => {
      wantsLook = true;
      wake?.();
      void run();
    },
    receive: (version, changes) => {
      newest = Math.max(newest, version);
      if (!isRunning && version === getReplica().version + 1) deps.onLog(version, changes);
      else void run();
    },
    retry: () => {
      refused = null;
      wantsLook = true;
      wake?.();
      void run();
    },
    stop: () => {
      life.isStopped = true;
      wake?.();
    },
  };
}
