import { createMetrics, type Metrics } from "./metrics.ts";

/** Counts for a database that has nothing to do. */
export function createTestMetrics(): Metrics {
  return createMetrics(async () => ({
    queues: [],
    notifications: { waiting: 0, oldest: 0 },
    connections: [],
    stoppedCrms: 0,
    telegramPause: 0,
    crmConnections: [],
    crmLimits: [],
  }));
}
