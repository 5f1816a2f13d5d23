import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "../../server/new_id.ts";
import type { Stage } from "./stage.ts";

const AT_ONCE = 10;
const TRIES = 5;
const PAUSE = 250; // ms

/** One request, named by an Idempotency-Key: the second word of `name`. Rejects where nobody answers. */
export async function createClient(url: string, token: string, name: string) {
  const body = { name, kind: "person", phones: [], emails: [], inn: "", address: "", note: "" };
  const answer = await fetch(`${url}/api/v1/clients`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
      "Idempotency-Key": name.split(" ")[1] ?? "",
    },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.text() };
}

export async function countClients({ database, companyId }: Stage, names: readonly string[]) {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count
    from clients
    where company_id = ${companyId} and name = any(${names as string[]})
  `;
  return row?.count ?? 0;
}

/**
 * `count` clients are made by programs that repeat what was not answered, five times at most. Returns how
 * long it took; throws when one was not made, or twice.
 */
export async function insistOnClients(stage: Stage, count: number): Promise<string> {
  const token = await stage.manager.door.token();
  const names = Array.from({ length: count }, () => `Заказчик ${newId()}`);
  const left = names.values();
  const times: number[] = [];
  let repeats = 0;
  const insist = async (name: string): Promise<void> => {
    const start = performance.now();
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const answer = await createClient(stage.urlOf("web"), token, name).catch(() => null);
      if (answer?.status === 201) {
        times.push(performance.now() - start);
        return;
      }
      repeats += 1;
      await sleep(PAUSE);
    }
  };
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const name of left) await insist(name);
    }),
  );
  const made = await countClients(stage, names);
  if (times.length < count || made !== count) {
    throw new Error(`${times.length} of ${count} were answered, ${made} clients were made`);
  }
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => `${((sorted[Math.floor(count * share)] ?? 0) / 1000).toFixed(1)} s`;
  return `${count} of ${count} requests done, ${repeats} repeated: p50 ${at(0.5)}, p99 ${at(0.99)}`;
}
