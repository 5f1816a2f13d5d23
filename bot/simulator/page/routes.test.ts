import { expect, test } from "vitest";
import { createTestSimulator } from "../testing.ts";

function start() {
  const made = createTestSimulator();
  const person = made.simulator.person({ firstName: "Алексей" });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    made.simulator.fetch(
      new Request(`http://simulator/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", host: "simulator", ...headers },
        body: JSON.stringify(body),
      }),
    );
  return { ...made, person, post };
}

test("another process acts as a person by POST", async () => {
  const { person, post, simulator } = start();
  const answer = await post(`people/${person.id}/text`, { text: "раз" });
  expect(await answer.json()).toEqual({ messageId: 1 });
  expect(simulator.updates.all().at(-1)?.message?.text).toBe("раз");
});

test("another site can't act for the people here", async () => {
  const { person, post, simulator } = start();
  const answer = await post(
    `people/${person.id}/text`,
    { text: "раз" },
    { origin: "https://evil.example" },
  );
  expect(answer.status).toBe(403);
  expect(simulator.updates.all()).toEqual([]);
});

test("an unknown person, a wrong body and an impossible action are told apart", async () => {
  const { person, post } = start();
  expect((await post("people/1/text", { text: "раз" })).status).toBe(409);
  expect((await post(`people/${person.id}/text`, { words: "раз" })).status).toBe(400);
  expect((await post(`people/${person.id}/press`, { label: "нет такой" })).status).toBe(409);
});

test("a file is served by its id, and what a stranger sent can't run as a page", async () => {
  const { person, simulator } = start();
  const html = Buffer.from("<script>alert(1)</script>");
  const { document } = person.sendDocument({ bytes: html, name: "смета.html" });
  const response = await simulator.fetch(
    new Request(`http://simulator/files/${document?.file_id}/смета.html`),
  );
  expect(response.headers.get("content-disposition")).toMatch(/^attachment/);
  expect(response.headers.get("content-security-policy")).toContain("sandbox");
});

test("the page is served without a build, its types blanked out", async () => {
  const { simulator } = start();
  const script = await simulator.fetch(new Request("http://simulator/page/main.ts"));
  expect(script.headers.get("content-type")).toContain("text/javascript");
  const missing = await simulator.fetch(new Request("http://simulator/page/..%2Froutes.ts"));
  expect(missing.status).toBe(404);
});

test("the first visitor finds the three sides of an estimate, unless a test named others", async () => {
  const { simulator } = createTestSimulator();
  await simulator.fetch(new Request("http://simulator/"));
  const stream = await simulator.fetch(new Request("http://simulator/events"));
  const reader = stream.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  const event = JSON.parse(first.slice("data: ".length)) as {
    state: { people: { role: string }[] };
  };
  expect(event.state.people.map(({ role }) => role)).toEqual([
    "прораб",
    "руководитель",
    "заказчик",
  ]);
  await reader?.cancel();
});
