import { type Agent, request } from "node:http";

export interface Asked {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Milliseconds of each answer. */
export interface Answers {
  readonly seconds: number;
  readonly times: readonly number[];
}

/**
 * Asks `count` times over kept connections, each of which asks again when it was answered.
 * @param status what each answer must be; anything else rejects
 */
export async function askMany(
  agent: Agent,
  options: { count: number; connections: number; status: number; next: (index: number) => Asked },
): Promise<Answers> {
  const times: number[] = [];
  let asked = 0;
  const start = performance.now();
  const talk = async (): Promise<void> => {
    while (asked < options.count) {
      asked += 1;
      const begun = performance.now();
      await ask(agent, options.next(asked), options.status);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, talk));
  return { seconds: (performance.now() - start) / 1000, times };
}

/** Cheaper than `fetch`, so that less of the machine goes into asking. */
function ask(agent: Agent, { url, headers = {} }: Asked, status: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers }, (response) => {
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === status) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}, not ${status}`));
      });
      response.resume();
    });
    sent.on("error", reject);
    sent.end();
  });
}
