import type { Server } from "node:http";
import type { Config } from "../config.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { newId } from "../new_id.ts";
import type { Shutdown } from "../shutdown.ts";
import { createAnnouncer } from "./announcer.ts";
import { type Live, type LiveOptions, startLive } from "./live.ts";

export interface OpenLiveParts extends Omit<LiveOptions, "publicUrl"> {
  readonly config: Config;
  readonly metrics: Pick<Metrics, "gauge">;
  readonly server: Server;
}

/** Sockets live where people's requests arrive; the other roles only tell of what they commit. */
export function openLive(parts: OpenLiveParts, shutdown: Shutdown): Pick<Live, "poke"> {
  const { sql, log, config, metrics, server } = parts;
  if (!config.roles.includes("web")) {
    const announcer = createAnnouncer({ sql, log, sender: newId() });
    shutdown.add(() => announcer.stop());
    return announcer;
  }
  const live = startLive({ ...parts, publicUrl: config.publicUrl });
  shutdown.add(() => live.stop());
  live.attach(server);
  showCounts(live, metrics);
  return live;
}

const SHOWN = {
  connections: "Open sockets of live updates",
  members: "Open sockets of live updates that are signed in",
  frames: "Frames of live updates sent since the start",
  bytes: "Bytes of live updates sent since the start",
  messages: "Messages of live sockets received since the start",
  refused: "Live sockets turned away since the start",
  cutOff: "Live sockets cut off since the start: too slow, too loud, silent",
  resets: "Live sockets told to read everything anew since the start",
  mostBuffered: "Most bytes that waited for one live socket since the start",
  reconnects: "Connections for live events that were lost and opened again",
} as const;

function showCounts(live: Live, { gauge }: Pick<Metrics, "gauge">): void {
  for (const [name, help] of Object.entries(SHOWN)) {
    const snakeName = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    gauge(`live_${snakeName}`, help, () => live.counts()[name as keyof typeof SHOWN]);
  }
}
