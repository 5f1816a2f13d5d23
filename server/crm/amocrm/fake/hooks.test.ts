import { expect, test } from "vitest";
import { createReceiver } from "../../fake/testing.ts";
import { asList, asMap } from "../../fake/values.ts";
import { embedded, startAccount, type TestAccount } from "./testing.ts";

const SETTINGS = [
  "add_lead",
  "update_lead",
  "status_lead",
  "delete_lead",
  "add_contact",
  "update_contact",
  "delete_contact",
  "add_company",
  "update_company",
  "delete_company",
];

async function subscribe(
  account: TestAccount,
  destination: string,
  settings = SETTINGS,
): Promise<void> {
  expect(await account.call("POST", "/webhooks", { destination, settings })).toMatchObject({
    status: 201,
    body: { disabled: false },
  });
}

test("sends flat texts in the old form, a move as status and update", async () => {
  const account = await startAccount();
  const receiver = await createReceiver();
  await subscribe(account, receiver.url);
  const id = account.edit.createLead({ name: "Баня & дом", price: 100 });
  account.edit.moveLeads([id], 142);
  await account.webhooks.settled();
  expect(receiver.received.map((post) => Object.keys(asMap(post["leads"])))).toEqual([
    ["add"],
    ["status"],
    ["update"],
  ]);
  const [added, moved] = receiver.received;
  expect(asList(asMap(added?.["leads"])["add"])).toMatchObject([
    { id: String(id), name: "Баня & дом", price: "100", modified_user_id: "504299" },
  ]);
  expect(asList(asMap(moved?.["leads"])["status"])).toMatchObject([
    { id: String(id), status_id: "142", old_status_id: "31000104", old_pipeline_id: "3100001" },
  ]);
  expect(asMap(moved?.["account"])).toMatchObject({
    id: String(account.accountId),
    subdomain: "remont",
  });
  await receiver.close();
});

test.each([
  ["together", [["status", "update"]]],
  ["statusOnly", [["status"]]],
] as const)("can send a move %s", async (statusHooks, keys) => {
  const account = await startAccount({ options: { statusHooks } });
  const receiver = await createReceiver();
  const id = account.edit.createLead({ name: "Баня" });
  await subscribe(account, receiver.url);
  account.edit.moveLeads([id], 143);
  await account.webhooks.settled();
  expect(receiver.received.map((post) => Object.keys(asMap(post["leads"])))).toEqual(keys);
  await receiver.close();
});

test("carries several leads in one post, and companies among the contacts", async () => {
  const account = await startAccount();
  const receiver = await createReceiver();
  const ids = ["А", "Б", "В"].map((name) => account.edit.createLead({ name }));
  await subscribe(account, receiver.url, [
    "status_lead",
    "add_company",
    "delete_contact",
    "update_contact",
  ]);
  account.edit.moveLeads(ids, 142);
  const companyId = account.edit.createCompany({ name: "ООО «Дом»", phones: ["+74950000000"] });
  const contactId = account.edit.createContact({ name: "Анна" });
  account.edit.editContact(contactId, { responsible_user_id: 504_299 });
  account.edit.editContact(contactId, { responsible_user_id: 504_141 });
  account.edit.deleteContact(contactId);
  await account.webhooks.settled();
  const [moved, company, , handed, deleted] = receiver.received;
  expect(asList(asMap(moved?.["leads"])["status"]).map((one) => asMap(one)["id"])).toEqual(
    ids.map(String),
  );
  expect(asList(asMap(company?.["contacts"])["add"])).toMatchObject([
    {
      id: String(companyId),
      type: "company",
      custom_fields: [{ code: "PHONE", values: [{ value: "+74950000000" }] }],
    },
  ]);
  expect(asList(asMap(handed?.["contacts"])["update"])).toMatchObject([
    { old_responsible_user_id: "504299" },
  ]);
  expect(asList(asMap(deleted?.["contacts"])["delete"])).toEqual([
    { id: String(contactId), type: "contact" },
  ]);
  await receiver.close();
});

test("shows dates as bare scalars and a radio button as one map", async () => {
  const account = await startAccount();
  const receiver = await createReceiver();
  const fields = embedded(
    await account.call("POST", "/leads/custom_fields", [
      { name: "Начало", type: "date", request_id: "date" },
      {
        name: "Оплата",
        type: "radiobutton",
        enums: [{ value: "Нал" }, { value: "Безнал" }],
        request_id: "radio",
      },
    ]),
    "custom_fields",
  );
  const idOf = (request: string): unknown =>
    fields.find((field) => field["request_id"] === request)?.["id"];
  await subscribe(account, receiver.url);
  account.edit.createLead({
    name: "Баня",
    custom_fields_values: [
      { field_id: idOf("date"), values: [{ value: 1_767_225_600 }] },
      { field_id: idOf("radio"), values: [{ value: "Нал" }] },
    ],
  });
  await account.webhooks.settled();
  const [lead] = asList(asMap(receiver.received[0]?.["leads"])["add"]).map(asMap);
  const [date, radio] = asList(lead?.["custom_fields"]).map(asMap);
  expect(date?.["values"]).toEqual(["1767225600"]);
  expect(asMap(radio?.["values"])["value"]).toBe("Нал");
  await receiver.close();
});

test("climbs the ladder of retries by the kind of failure", async () => {
  const account = await startAccount();
  const receiver = await createReceiver();
  await subscribe(account, receiver.url);
  const attempts = async (answer: number | "hang"): Promise<number[]> => {
    receiver.answerWith(answer);
    const seen = account.webhooks.deliveries().length;
    account.edit.createLead({ name: "Баня" });
    await account.webhooks.settled();
    const [first] = account.webhooks.deliveries().slice(seen);
    await account.clock.advance(3 * 3_600_000);
    return account.webhooks
      .deliveries()
      .slice(seen)
      .map(({ at }) => (at - (first?.at ?? 0)) / 60_000);
  };
  expect(await attempts(200)).toEqual([0]);
  expect(await attempts(404)).toEqual([0, 5, 20]);
  expect(await attempts(500)).toEqual([0, 5, 20, 35, 95]);
  account.options.handlerPatience = 40;
  expect(await attempts("hang")).toEqual([0, 5, 20, 35, 95]);
  await receiver.close();
});

test("switches a hook off after more than 100 bad answers in two hours, and shows it", async () => {
  const account = await startAccount();
  const receiver = await createReceiver();
  await subscribe(account, receiver.url, ["add_lead"]);
  receiver.answerWith(404);
  for (let lead = 0; lead < 101; lead += 1) account.edit.createLead({ name: "Л" });
  await account.webhooks.settled();
  const shown = async (): Promise<object[]> =>
    account.list(`/webhooks?filter[destination]=${encodeURIComponent(receiver.url)}`);
  expect(await shown()).toMatchObject([{ disabled: true }]);
  receiver.answerWith(200);
  account.edit.createLead({ name: "Мимо" });
  await account.webhooks.settled();
  expect(receiver.received).toHaveLength(101);
  account.edit.enableHook(receiver.url);
  expect(await shown()).toMatchObject([{ disabled: false }]);
  expect((await account.call("DELETE", "/webhooks", { destination: receiver.url })).status).toBe(
    204,
  );
  expect(await shown()).toEqual([]);
  await receiver.close();
});

test("refuses subscriptions to what does not exist", async () => {
  const account = await startAccount();
  expect(
    await account.call("POST", "/webhooks", { destination: "нет", settings: ["add_deal"] }),
  ).toMatchObject({
    status: 400,
    body: { "validation-errors": [{ errors: [{ path: "destination" }, { path: "settings.0" }] }] },
  });
});
