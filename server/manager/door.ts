import type { ManagerSessions } from "../auth/manager_sessions.ts";
import type { OrderExport } from "../services/list_exports.ts";
import type { AsReader } from "../services/reading.ts";

/** What the manager's page is made from. */
export interface ManagerDoor {
  readonly sessions: ManagerSessions;
  readonly read: AsReader;
  readonly orderExport: OrderExport;
}
