import { createStage } from "../server/routes/testing_browser.ts";
import { createWorkOn } from "../server/testing.ts";
import type { Bench } from "./database.ts";
import type { Row } from "./measure.ts";
import { measureEditing } from "./miniapp/editing.ts";
import { measureLoading } from "./miniapp/loading.ts";
import { measureSilence } from "./miniapp/silence.ts";

/** The Mini App as people meet it: a real Chromium as slow as a phone, the real server and database. */
export async function measureMiniapp(bench: Bench): Promise<Row[]> {
  const { sql, url } = bench;
  const work = await createWorkOn({ sql, url, drop: async () => undefined });
  const stage = await createStage({ isLive: true, work });
  try {
    return [
      ...(await measureLoading(stage)),
      ...(await measureEditing(stage)),
      ...(await measureSilence(stage)),
    ];
  } finally {
    await stage.close();
  }
}
