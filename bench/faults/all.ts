import { crmFaults } from "./crm_faults.ts";
import { databaseFaults } from "./database_faults.ts";
import type { Fault } from "./fault.ts";
import { jobFaults } from "./job_faults.ts";
import { killed } from "./killed.ts";
import { processFaults } from "./process_faults.ts";
import { telegramFaults } from "./telegram_faults.ts";

/** Every fault by itself, in the order of the table. */
export const allFaults: readonly Fault[] = [
  ...killed,
  ...processFaults,
  ...databaseFaults,
  ...telegramFaults,
  ...crmFaults,
  ...jobFaults,
];

/** The quick ones in an order by the seed, one after another while the same people work. */
export const mixed: Fault = {
  id: "32",
  name: "the quick ones one after another, in an order by the seed",
  isShort: false,
  run: async (stage, work) => {
    const order = stage.random.shuffle(allFaults.filter(({ isShort }) => isShort));
    for (const fault of order) await fault.run(stage, work);
    return order.map(({ id }) => id).join(", ");
  },
};
