import type { Id } from "../../../domain/ids.ts";
import type { EstimateHead } from "../api.ts";
import type { Device } from "../device/database.ts";
import { applyAll } from "./apply.ts";
import type { Keeper, LogEntry, Snapshot } from "./estimate_store.ts";

/*
 * How an estimate lies on the device: a snapshot of everything, what the server's log added since, and the
 * own changes that are not sent. Writing 5 000 lines takes a slow phone several frames, so an edit appends
 * a few bytes and the snapshot is written anew only at an opening.
 */

/** More than this is folded into the snapshot at the next opening. */
const MAX_ENTRIES = 50;
/** The screen is there and still, most likely. */
const FOLD_PAUSE = 3000; // ms

export function createKeeper(device: Device, id: Id): Keeper {
  return {
    keepSnapshot: (snapshot) => keepSnapshot(device, id, snapshot),
    keepHead: (head) => device.write(headKey(id), head),
    keepLog: (entry) => device.write(entryKey(id, entry.from), entry),
    keepChanges: (changes) => device.addChanges(id, changes),
    dropChanges: device.dropChanges,
  };
}

/** The newest that the device knows; null when it never saw the estimate. */
export async function readSnapshot(device: Device, id: Id): Promise<Snapshot | null> {
  const [kept, head, entries] = await Promise.all([
    device.read<Snapshot>(snapshotKey(id)),
    device.read<EstimateHead>(headKey(id)),
    device.readBetween<LogEntry>(entryKey(id, 0), `log/${id}/~`),
  ]);
  if (!kept) return null;
  const snapshot = followLog({ ...kept, head: head ?? kept.head }, entries);
  if (entries.length > MAX_ENTRIES) {
    setTimeout(() => keepSnapshot(device, id, snapshot), FOLD_PAUSE);
  }
  return snapshot;
}

export function keepSnapshot(device: Device, id: Id, snapshot: Snapshot): void {
  device.write(snapshotKey(id), snapshot);
  device.write(headKey(id), snapshot.head);
  device.removeBetween(entryKey(id, 0), entryKey(id, snapshot.version));
}

/** A write may be lost, and two windows may write: what does not join on is left out. */
export function followLog(snapshot: Snapshot, entries: readonly LogEntry[]): Snapshot {
  const byStart = new Map(entries.map((entry) => [entry.from, entry]));
  const changes = [];
  let { version } = snapshot;
  for (let entry = byStart.get(version); entry; entry = byStart.get(version)) {
    changes.push(...entry.changes);
    version = entry.version;
  }
  return { ...snapshot, version, base: applyAll(snapshot.base, changes) };
}

function snapshotKey(id: Id): string {
  return `estimate/${id}`;
}

function headKey(id: Id): string {
  return `head/${id}`;
}

/** In the order of versions; `~` comes behind all digits. */
function entryKey(id: Id, from: number): string {
  return `log/${id}/${String(from).padStart(12, "0")}`;
}
