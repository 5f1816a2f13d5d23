import { betweenFaults } from "./between_faults.ts";
import { crmFaults } from "./crm_faults.ts";
import { crmWebhookFaults } from "./crm_webhook_faults.ts";
import { crowdFaults } from "./crowd_faults.ts";
import { databaseFaults } from "./database_faults.ts";
import { editorFaults } from "./editor_faults.ts";
import { embeddedFaults } from "./embedded_faults.ts";
import type { Fault } from "./fault.ts";
import { jobFaults } from "./job_faults.ts";
import { killed } from "./killed.ts";
import { listeningFaults } from "./listening_faults.ts";
import { processFaults } from "./process_faults.ts";
import { restoreFaults } from "./restore_faults.ts";
import { scheduleFaults } from "./schedule_faults.ts";
import { soakFaults } from "./soak_faults.ts";
import { telegramFaults } from "./telegram_faults.ts";
import { updateFaults } from "./update_faults.ts";

/** The quick ones in an order by the seed, one after another while the same people work. */
export const mixed: Fault = {
  id: "32",
  name: "the quick ones one after another, in an order by the seed",
  isShort: false,
  run: async (stage, work) => {
    const order = stage.random.shuffle(alone.filter(({ isShort }) => isShort));
    for (const fault of order) await fault.run(stage, work);
    return `${order.map(({ id }) => id).join(", ")}; ${stage.kills} kills in each of 1, 3 and 4`;
  },
};

const alone: readonly Fault[] = [
  ...killed,
  ...betweenFaults,
  ...processFaults,
  ...databaseFaults,
  ...listeningFaults,
  ...crowdFaults,
  ...telegramFaults,
  ...crmFaults,
  ...crmWebhookFaults,
  ...jobFaults,
  ...scheduleFaults,
  ...updateFaults,
  ...editorFaults,
  ...restoreFaults,
  ...embeddedFaults,
  ...soakFaults,
];

/** In the order of the table: by number. */
export const allFaults: readonly Fault[] = [...alone, mixed].sort(
  (one, other) => Number.parseInt(one.id, 10) - Number.parseInt(other.id, 10),
);
