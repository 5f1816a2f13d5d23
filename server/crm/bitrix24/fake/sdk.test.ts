import { AjaxError, ApiVersion, B24Hook } from "@bitrix24/b24jssdk";
import { expect, test } from "vitest";
import { asMap } from "../../fake/values.ts";
import { type TestPortal, startPortal } from "./testing.ts";

/**
 * The maker's own client as a witness that the fake speaks the protocol. It insists on https, so
 * its requests are turned to the loopback address on their way out.
 */
function connectSdk(portal: TestPortal): B24Hook {
  const url = new URL(portal.webhookUrl);
  const sdk = B24Hook.fromWebhookUrl(`https://portal.example${url.pathname}`);
  sdk.getHttpClient(ApiVersion.v2).ajaxClient.interceptors.request.use((request) => ({
    ...request,
    baseURL: request.baseURL?.replace("https://portal.example", url.origin) ?? url.origin,
    url: request.url?.replace("https://portal.example", url.origin) ?? "",
  }));
  return sdk;
}

test("the official client makes, reads and changes a contact with its phones", async () => {
  const portal = await startPortal();
  const sdk = connectSdk(portal);
  const fm = [{ typeId: "PHONE", valueType: "MOBILE", value: "+79161234567" }];
  const added = await sdk.actions.v2.call.make<{ item: { id: number; phoneMobile: string } }>({
    method: "crm.item.add",
    params: { entityTypeId: 3, fields: { name: "Анна", fm } },
  });
  expect(added.isSuccess).toBe(true);
  const item = added.getData()?.result.item;
  expect(item?.phoneMobile).toBe("+79161234567");
  await sdk.actions.v2.call.make({
    method: "crm.item.update",
    params: { entityTypeId: 3, id: item?.id, fields: { lastName: "Иванова" } },
  });
  const got = await sdk.actions.v2.call.make<{ item: { lastName: string } }>({
    method: "crm.item.get",
    params: { entityTypeId: 3, id: item?.id },
  });
  expect(got.getData()?.result.item.lastName).toBe("Иванова");
});

test("the official client walks all contacts by its keyset generator", async () => {
  const portal = await startPortal({ contacts: 230 });
  const sdk = connectSdk(portal);
  const ids: number[] = [];
  const chunks = sdk.actions.v2.fetchList.make<{ id: number }>({
    method: "crm.item.list",
    params: { entityTypeId: 3, select: ["*"] },
    idKey: "id",
    customKeyForResult: "items",
  });
  for await (const chunk of chunks) ids.push(...chunk.map(({ id }) => id));
  expect(new Set(ids).size).toBe(230);
  expect(portal.journal.count("crm.item.list")).toBe(5);
});

test("the official client chains a deal and its rows in one batch, and reads what failed", async () => {
  const portal = await startPortal();
  const sdk = connectSdk(portal);
  const response = await sdk.actions.v2.batch.make({
    calls: {
      deal: ["crm.item.add", { entityTypeId: 2, fields: { title: "Баня & дом [50%]" } }],
      rows: [
        "crm.item.productrow.set",
        {
          ownerType: "D",
          ownerId: "$result[deal][item][id]",
          productRows: [{ productName: "Плитка", price: 900.5, quantity: 2 }],
        },
      ],
    },
    options: { isHaltOnError: true },
  });
  expect(response.isSuccess).toBe(true);
  expect(portal.invariants().deals).toMatchObject([
    { title: "Баня & дом [50%]", rows: 1, opportunity: 1801 },
  ]);
  const failed = await sdk.actions.v2.batch.make({
    calls: [
      ["crm.item.get", { entityTypeId: 2, id: 1 }],
      ["server.time", {}],
    ],
    options: { isHaltOnError: false },
  });
  expect(failed.isSuccess).toBe(false);
  expect(failed.getErrorMessages().join()).toContain("Item not found");
});

test("the official client understands the fake's refusals", async () => {
  const portal = await startPortal();
  const sdk = connectSdk(portal);
  const refusal = async (method: string, params: object): Promise<unknown> => {
    try {
      const answer = await sdk.actions.v2.call.make({ method, params: asMap(params) });
      return answer.getErrorMessages();
    } catch (error) {
      return error instanceof AjaxError ? error.code : error;
    }
  };
  expect(await refusal("crm.item.list", { entityTypeId: 2, filter: { colour: 1 } })).toBe(
    "INVALID_ARG_VALUE",
  );
  expect(await refusal("crm.item.lst", {})).toBe("ERROR_METHOD_NOT_FOUND");
  portal.edit.removeScope("crm");
  expect(await refusal("crm.item.list", { entityTypeId: 2 })).toBe("insufficient_scope");
});
