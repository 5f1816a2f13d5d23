import type { Change } from "../../../domain/estimate/changes.ts";
import type { Content } from "../../../domain/estimate/estimate.ts";
import { isEditable } from "../../../domain/estimate/status.ts";
import type { Id } from "../../../domain/ids.ts";
import type { EstimateHead } from "../api.ts";
import { acceptTheirs, type Conflict, findClashes, type Removal } from "./conflicts.ts";
import { type History, invertAll, NO_HISTORY, remember } from "./history.ts";
import { createLedger, type Ledger, updateLedger } from "./ledger.ts";
import { changesOutline, outlineOf, type Row } from "./outline.ts";
import { addOwn, advance, createReplica, type Replica, settle } from "./replica.ts";
import { createSync, type SyncStatus } from "./sync.ts";
import type { Transport } from "./transport.ts";

/** Everything that the screen of an estimate shows. Immutable: compare parts by identity. */
export interface EstimateState {
  readonly head: EstimateHead;
  readonly content: Content;
  readonly ledger: Ledger;
  readonly outline: readonly Row[];
  /** Own changes that the server has not confirmed. */
  readonly waiting: number;
  readonly status: SyncStatus;
  readonly conflicts: readonly Conflict[];
  readonly removals: readonly Removal[];
  readonly canEdit: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Names the last step that can be undone; another object after every step. */
  readonly lastStep: object | null;
}

/** What stays on the device. Writes are in order; none is waited for. */
export interface Keeper {
  /** Everything: much to write, so only what was read anew. */
  readonly keepSnapshot: (snapshot: Snapshot) => void;
  readonly keepHead: (head: EstimateHead) => void;
  readonly keepLog: (entry: LogEntry) => void;
  readonly keepChanges: (changes: readonly Change[]) => void;
  readonly dropChanges: (ids: ReadonlySet<string>) => void;
}

export interface Snapshot {
  readonly head: EstimateHead;
  readonly version: number;
  readonly base: Content;
}

/** The server's log from one version to another. */
export interface LogEntry {
  readonly from: number;
  readonly version: number;
  readonly changes: readonly Change[];
}

export interface EstimateStore {
  readonly getState: () => EstimateState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Whether somebody looks at it right now. */
  readonly isWatched: () => boolean;
  /** Makes one step of the person: seen at once, kept on the device, sent, and undone as a whole. */
  readonly change: (changes: readonly Change[]) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Somebody changed a field while it was being typed into here. */
  readonly contest: (conflict: Conflict) => void;
  /** Decides a conflict; "mine" is on top already. */
  readonly resolve: (conflict: Conflict, choice: "mine" | "theirs") => void;
  /** Brings back what another person removed, or lets it go. */
  readonly answerRemoval: (removal: Removal, choice: "restore" | "let_go") => void;
  /** Gives up what the server refuses, or everything that waits. */
  readonly discardRefused: () => void;
  /** Asks the server what is new. */
  readonly refresh: () => void;
  /** Of the server's content that is shown here. */
  readonly version: () => number;
  readonly receive: (version: number, changes: readonly Change[]) => void;
  readonly retry: () => void;
  readonly stop: () => void;
}

export function createEstimateStore(options: {
  snapshot: Snapshot;
  /** Own changes found on the device. */
  pending: readonly Change[];
  transport: Transport;
  keeper: Keeper;
  newId: () => Id;
  after: (milliseconds: number, callback: () => void) => void;
}): EstimateStore {
  const { keeper, newId } = options;
  const listeners = new Set<() => void>();
  let replica = createReplica(options.snapshot.version, options.snapshot.base, options.pending);
  let history: History = NO_HISTORY;
  let state: EstimateState = {
    head: options.snapshot.head,
    content: replica.content,
    ledger: createLedger(replica.content),
    outline: outlineOf(replica.content),
    waiting: replica.pending.length,
    status: { kind: replica.pending.length === 0 ? "saved" : "sending" },
    conflicts: [],
    removals: [],
    canEdit: isEditable(options.snapshot.head.status) && !options.snapshot.head.isRemoved,
    canUndo: false,
    canRedo: false,
    lastStep: null,
  };

  const sync = createSync({
    transport: options.transport,
    after: options.after,
    getReplica: () => replica,
    onLog: takeLog,
    onSettled: (ids) => {
      keeper.dropChanges(ids);
      show(settle(replica, ids), null);
    },
    onReload: (head, content) => {
      show(createReplica(head.version, content, replica.pending), null, { head });
      keeper.keepSnapshot({ head, version: head.version, base: content });
    },
    onHead: (head) => {
      const canEdit = isEditable(head.status) && !head.isRemoved;
      set({ head, canEdit });
      keeper.keepHead(head);
    },
    onStatus: (status) => set({ status }),
  });

  function takeLog(version: number, log: readonly Change[]): void {
    const own = new Set(replica.pending.map(({ id }) => id));
    const others = log.filter(({ id }) => !own.has(id));
    const logged = new Set(log.map(({ id }) => id));
    const unsent = replica.pending.filter(({ id }) => !logged.has(id));
    const clashes = findClashes(state.content, others, unsent, newId);
    const from = replica.version;
    const next = advance(replica, version, log);
    show(next, [...log, ...unsent], {
      conflicts: mergeConflicts(state.conflicts, clashes.conflicts),
      removals: [...state.removals, ...clashes.removals],
    });
    if (version > from) keeper.keepLog({ from, version, changes: log });
    keeper.dropChanges(new Set(log.filter(({ id }) => own.has(id)).map(({ id }) => id)));
  }

  /** `touched`: the changes that lie between the two contents; null when they are not known. */
  function show(
    next: Replica,
    touched: readonly Change[] | null,
    more: Partial<EstimateState> = {},
  ): void {
    const before = replica.content;
    replica = next;
    const { content } = next;
    if (before === content) {
      set({ waiting: next.pending.length, ...more });
      return;
    }
    set({
      content,
      waiting: next.pending.length,
      ledger: updateLedger(state.ledger, before, content, touched),
      outline: touched === null || changesOutline(touched) ? outlineOf(content) : state.outline,
      ...more,
    });
  }

  function set(part: Partial<EstimateState>): void {
    state = {
      ...state,
      ...part,
      canUndo: history.undo.length > 0,
      canRedo: history.redo.length > 0,
      lastStep: history.undo.at(-1) ?? null,
    };
    for (const listener of listeners) listener();
  }

  function make(changes: readonly Change[]): void {
    keeper.keepChanges(changes);
    // At once: the sync may be busy with a question, and «saved» would be a lie until it is answered.
    const isCalm = state.status.kind === "saved";
    show(addOwn(replica, changes), changes, isCalm ? { status: { kind: "sending" } } : {});
    sync.push();
  }

  /** Takes the last step back; `from` and `to` are the two piles of the history. */
  function step(from: "undo" | "redo", to: "undo" | "redo"): void {
    const changes = history[from].at(-1);
    if (!changes) return;
    // The ids are new: the same step may be undone and redone many times.
    const renewed = changes.map((change) => ({ ...change, id: newId() }));
    const inverse = invertAll(state.content, renewed, newId);
    const rest = history[from].slice(0, -1);
    history = { ...history, [from]: rest, [to]: [...history[to], inverse] };
    make(renewed);
  }

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isWatched: () => listeners.size > 0,
    change: (changes) => {
      const inverse = invertAll(state.content, changes, newId);
      // Nothing would change: nothing to send and nothing to undo.
      if (inverse.length === 0) return;
      history = remember(history, inverse);
      make(changes);
    },
    undo: () => step("undo", "redo"),
    redo: () => step("redo", "undo"),
    contest: (conflict) => set({ conflicts: mergeConflicts(state.conflicts, [conflict]) }),
    resolve: (conflict, choice) => {
      set({ conflicts: state.conflicts.filter((other) => other !== conflict) });
      if (choice === "theirs") make([acceptTheirs(conflict, newId)]);
    },
    answerRemoval: (removal, choice) => {
      set({ removals: state.removals.filter((other) => other !== removal) });
      if (choice === "restore") make(removal.restore);
    },
    discardRefused: () => {
      const { status } = state;
      const refused = status.kind === "refused" ? status.changeIds : [];
      const ids = new Set(
        refused.length > 0 && status.kind === "refused" && status.error.code !== "frozen"
          ? refused
          : replica.pending.map(({ id }) => id),
      );
      history = NO_HISTORY;
      keeper.dropChanges(ids);
      show(settle(replica, ids), null);
      sync.retry();
    },
    refresh: sync.refresh,
    version: () => replica.version,
    receive: sync.receive,
    retry: sync.retry,
    stop: sync.stop,
  };
}

/** The newest word about a field counts. */
function mergeConflicts(
  known: readonly Conflict[],
  found: readonly Conflict[],
): readonly Conflict[] {
  if (found.length === 0) return known;
  const isSameField = (a: Conflict, b: Conflict) =>
    a.target.kind === b.target.kind && a.target.id === b.target.id && a.field === b.field;
  return [...known.filter((old) => !found.some((fresh) => isSameField(old, fresh))), ...found];
}
