import { expect, test } from "vitest";
import { asMap } from "./values.ts";
import { startFakeProcess } from "./process.ts";

test("runs a portal in a process of its own and answers for it", async () => {
  const fake = await startFakeProcess({ service: "bitrix24", contacts: 5, options: { burst: 3 } });
  const call = async (method: string): Promise<number> =>
    (await fetch(fake.credential + method)).status;
  await fake.addFaults({ on: "profile", fault: { kind: "html", status: 502 } });
  expect([
    await call("server.time"),
    await call("profile"),
    await call("crm.item.add?entityTypeId=2&fields[title]=A"),
  ]).toEqual([200, 502, 200]);
  expect(await fake.invariants()).toMatchObject({ duplicates: [], deals: [{ title: "A" }] });
  expect((await fake.journal()).entries.map(({ operation, fault }) => [operation, fault])).toEqual([
    ["server.time", null],
    ["profile", "html"],
    ["crm.item.add", null],
  ]);
  await fake.close();
  await expect(fetch(fake.url)).rejects.toThrow(/fetch failed/);
});

test("runs an account in a process of its own", async () => {
  const fake = await startFakeProcess({ service: "amocrm", contacts: 5 });
  const response = await fetch(`${fake.url}/api/v4/contacts`, {
    headers: { authorization: `Bearer ${fake.credential}` },
  });
  expect(Object.keys(asMap(asMap(await response.json())["_embedded"]))).toEqual(["contacts"]);
  await fake.close();
});
