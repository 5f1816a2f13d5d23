import { expect, it, onTestFinished, vi } from "vitest";
import { startAccount } from "../amocrm/fake/testing.ts";
import { startPortal } from "../bitrix24/fake/testing.ts";
import { stageBitrix24, testSignal } from "../testing.ts";
import type { FaultRule } from "./faults.ts";

/** What the fake says of itself, kept out of the report of this run. */
function hearErrors(): () => string {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  return () => written.mock.calls.map(([text]) => String(text)).join("");
}

/** A mistake in the fake: it breaks where it looks what is due for this call. */
function breaking(operation: string): FaultRule {
  const on = (asked: string): boolean => {
    if (asked !== operation) return false;
    throw new RangeError("Maximum call stack size exceeded");
  };
  return { on, fault: { kind: "drop" } };
}

const told = {
  status: 500,
  body: {
    error: "RangeError Maximum_call_stack_size_exceeded",
    error_description: "Maximum call stack size exceeded",
  },
};

it("the portal tells a mistake of its own by name, with the stack on stderr", async () => {
  const heard = hearErrors();
  const portal = await startPortal();
  portal.faults.add(breaking("profile"));
  expect(await portal.call("profile")).toMatchObject(told);
  expect(heard()).toMatch(
    /^The fake itself failed in POST \/rest\/\S+: RangeError: Maximum .*\n {4}at /,
  );
});

it("the account and its file service tell a mistake of their own as well", async () => {
  const heard = hearErrors();
  const account = await startAccount();
  const { body } = await account.call("GET", "/account?with=drive_url");
  account.faults.add(breaking("GET /account"), breaking("POST /v1.0/sessions"));
  expect(await account.call("GET", "/account")).toMatchObject(told);
  expect(
    await account.call("POST", `${String(body["drive_url"])}/v1.0/sessions`, {}),
  ).toMatchObject(told);
  expect(heard().match(/^The fake itself failed in .*$/gm)).toEqual([
    expect.stringContaining("GET /api/v4/account: RangeError"),
    expect.stringContaining("POST /v1.0/sessions: RangeError"),
  ]);
});

it("a failing call of the program shows the mistake of the fake", async () => {
  hearErrors();
  const { adapter, portal } = await stageBitrix24();
  portal.faults.add(breaking("crm.category.list"));
  await expect(adapter.pipelines(testSignal)).rejects.toThrow(
    "RangeError Maximum_call_stack_size_exceeded",
  );
});
