import { once } from "node:events";
import process from "node:process";
import { createAmocrmFake } from "../amocrm/fake/account.ts";
import { createBitrix24Fake } from "../bitrix24/fake/portal.ts";
import { createRealClock } from "./clock.ts";
import type { FakeProcessSetup } from "./process.ts";

/** The other side of `startFakeProcess`: waits for the setup, serves, and ends with its parent. */
process.once("disconnect", () => process.exit(0));

const [message] = (await once(process, "message")) as [FakeProcessSetup];
const { service, ...rest } = message;
const setup = { ...rest, clock: createRealClock() };

if (service === "bitrix24") {
  const fake = createBitrix24Fake(setup);
  const { url } = await fake.listen();
  process.send?.({ url, credential: fake.webhookUrl });
} else {
  const fake = createAmocrmFake(setup);
  const { url } = await fake.listen();
  process.send?.({ url, credential: fake.longLivedToken });
}
