import { setTimeout as sleep } from "node:timers/promises";
import type { Id } from "../../domain/ids.ts";
import { signInitData } from "../../server/auth/init_data.ts";
import { newId } from "../../server/new_id.ts";
import { GaveUp } from "./patience.ts";

/** The way of a person's program to the API: it asks again until somebody answers. */
export interface Door {
  /** Status and body of the first answer that is neither a broken connection nor 5xx nor 429. */
  call(method: string, path: string, body?: object): Promise<Answer>;
  /** The bearer token of the session. */
  token(): Promise<string>;
  /** Answers of 5xx and 429, such as `503 GET /estimates`, and connections that broke or were refused. */
  troubles(): { readonly refused: number; readonly failed: readonly string[] };
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A draft without lines, made by a program. */
export async function createEstimate(door: Door): Promise<{ id: Id; version: number }> {
  const { status, body } = await door.call("POST", "/estimates", { projectId: null, title: "" });
  if (status !== 201) throw new Error(`no estimate: ${status} ${JSON.stringify(body)}`);
  return { id: String(body["id"]), version: Number(body["version"] ?? 0) };
}

/** One more note on an estimate. Returns the change's id and the version that it made. */
export async function changeNote(door: Door, estimateId: Id) {
  const changeId = newId();
  const change = { id: changeId, type: "estimate.set", set: { note: `Заметка ${changeId}` } };
  const path = `/estimates/${estimateId}/changes`;
  const { status, body } = await door.call("POST", path, { baseVersion: null, changes: [change] });
  if (status !== 200) throw new Error(`not changed: ${status} ${JSON.stringify(body)}`);
  return { changeId, estimateId, version: Number(body["version"]) };
}

/** As long as a person keeps a page open. */
const PATIENCE = 180_000; // ms
const PAUSE = 250; // ms
const ONE_CALL = 15_000; // ms

export function openDoor(options: {
  url: string;
  token: string;
  telegramId: number;
  name: string;
}): Door {
  let session: string | null = null;
  const troubles = { refused: 0, failed: [] as string[] };

  async function attempt(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<Answer | null> {
    try {
      const answer = await fetch(`${options.url}/api/v1${path}`, {
        method,
        headers: { ...headers, ...(body ? { "Content-Type": "application/json" } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(ONE_CALL),
      });
      const text = await answer.text();
      // One that is starting says so in a plain sentence: a balancer would not have asked it.
      if (answer.status === 503 && !answer.headers.get("content-type")?.includes("json")) {
        troubles.refused += 1;
        return null;
      }
      if (answer.status >= 500 || answer.status === 429) {
        troubles.failed.push(`${answer.status} ${method} ${withoutIds(path)}`);
        return null;
      }
      return {
        status: answer.status,
        body: text === "" ? {} : (JSON.parse(text) as object as Record<string, unknown>),
      };
    } catch {
      // Nobody listens, or the answer was cut off.
      troubles.refused += 1;
      return null;
    }
  }

  async function insist(...call: Parameters<typeof attempt>): Promise<Answer> {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      const answer = await attempt(...call);
      if (answer) return answer;
      await sleep(PAUSE);
    }
    throw new GaveUp(`nobody answered ${call[0]} ${call[1]}`);
  }

  async function openSession(): Promise<string> {
    const pairs: [string, string][] = [
      ["user", JSON.stringify({ id: options.telegramId, first_name: options.name })],
      ["auth_date", String(Math.floor(Date.now() / 1000))],
    ];
    const hash = signInitData(pairs, options.token).toString("hex");
    const initData = new URLSearchParams([...pairs, ["hash", hash]]).toString();
    const { status, body } = await insist("POST", "/session", { Authorization: `tma ${initData}` });
    if (status >= 400) throw new Error(`no session: ${status} ${JSON.stringify(body)}`);
    return String(body["token"]);
  }

  const token = async (): Promise<string> => (session ??= await openSession());
  return {
    token,
    troubles: () => ({ refused: troubles.refused, failed: [...troubles.failed] }),
    call: async (method, path, body) =>
      insist(method, path, { Authorization: `Bearer ${await token()}` }, body),
  };
}

function withoutIds(path: string): string {
  return path.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, "…");
}
