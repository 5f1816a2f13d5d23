import { expect, it } from "vitest";
import { deriveKey } from "../config_secret.ts";
import { redact, scrub } from "./redaction.ts";
import { createSecretBox } from "./secrets.ts";

const box = createSecretBox(deriveKey("a".repeat(32), "crm secrets"));

it("opens what it sealed, and never seals twice alike", () => {
  const sealed = box.seal("https://x.bitrix24.ru/rest/1/ключ/", "row");
  expect(sealed.toString("latin1")).not.toContain("bitrix24");
  expect(box.open(sealed, "row")).toBe("https://x.bitrix24.ru/rest/1/ключ/");
  expect(box.seal("secret", "row")).not.toEqual(box.seal("secret", "row"));
});

it("opens nothing in another row, with another key, or after a changed bit", () => {
  const sealed = box.seal("secret", "row");
  expect(() => box.open(sealed, "other row")).toThrow(/authenticate/);
  const other = createSecretBox(deriveKey("b".repeat(32), "crm secrets"));
  expect(() => other.open(sealed, "row")).toThrow(/SECRET_KEY/);
  const broken = Buffer.from(sealed);
  broken.writeUInt8(broken.readUInt8(broken.length - 1) ^ 1, broken.length - 1);
  expect(() => box.open(broken, "row")).toThrow(/authenticate/);
});

it("shows ids and codes in the log, and no person", () => {
  const shown = JSON.stringify(
    redact({
      id: 7,
      name: "Пётр Иванов",
      error: "NOT_FOUND",
      fm: [{ typeId: "PHONE", value: "+79123456789" }],
      filter: { ">id": 5, query: "9123456789" },
      auth: { application_token: "abc" },
    }),
  );
  expect(shown).toContain('"id":7');
  expect(shown).toContain("NOT_FOUND");
  for (const secret of ["Пётр", "9123456789", "abc"]) expect(shown).not.toContain(secret);
});

it("keeps of a name without end its beginning alone, and nothing of what it names", () => {
  const endless = "x".repeat(5_000_000);
  const shown = redact({ [`${endless}_id`]: "79123456789", [`${endless}_token`]: "abc" });
  const beginning = `${"x".repeat(100)}…`;
  expect(shown).toEqual({ [beginning]: "…" });
  expect(redact({ [`${endless}_id`]: "79123456789" })).toEqual({ [beginning]: "… 11" });
});

it("takes a known secret out of any text", () => {
  expect(scrub("GET /rest/1/s3cr3t-key/x", ["s3cr3t-key"])).toBe("GET /rest/1/…/x");
});
