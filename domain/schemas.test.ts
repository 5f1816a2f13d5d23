import { describe, expect, it } from "vitest";
import { consentTexts } from "./consent.ts";
import { clientFieldsSchema } from "./clients.ts";
import { CrmError, STOP_SENTENCES } from "./crm_adapter.ts";
import { explainNumberProblem } from "./number_sentences.ts";
import { kopecks } from "./money.ts";
import { projectFieldsSchema } from "./projects.ts";
import { answerSchema, questionFieldsSchema } from "./questions.ts";
import { liveAnswerSchema, liveRequestSchema } from "./live.ts";
import { newInvitationSchema } from "./team.ts";
import { newShareLinkSchema } from "./sharing.ts";
import type { NumberReason } from "./decimal_ru.ts";

const id = "01990000-0000-7000-8000-000000000001";
const client = {
  name: "Иван",
  kind: "person",
  phones: [],
  emails: [],
  inn: "",
  address: "",
  note: "",
};
const project = { title: "Ленина 12", address: "", clientId: null, note: "" };
const question = { text: "А грунтовка?", authorName: "" };

describe("what people fill in", () => {
  it.each([
    ["a client", clientFieldsSchema, client],
    ["a project", projectFieldsSchema, project],
    ["a question", questionFieldsSchema, question],
    ["an invitation", newInvitationSchema, { role: "foreman" }],
    ["a share link", newShareLinkSchema, {}],
    ["a request for live events", liveRequestSchema, { type: "unwatch", estimateId: id }],
  ])("of %s has no field that nobody knows", (_, schema, fields) => {
    expect(schema.safeParse(fields).success).toBe(true);
    for (const more of ["companyId", "role_", "constructor", "toString"]) {
      const wider = Object.fromEntries([...Object.entries(fields), [more, id]]);
      expect([more, schema.safeParse(wider).success]).toEqual([more, false]);
    }
  });

  it("has names that are not empty and texts that end", () => {
    const takes = (name: string) => clientFieldsSchema.safeParse({ ...client, name }).success;
    expect([takes(""), takes("  "), takes("я".repeat(200)), takes("я".repeat(201))]).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(answerSchema.safeParse(" ").success).toBe(false);
    expect(projectFieldsSchema.safeParse({ ...project, clientId: "x" }).success).toBe(false);
  });

  it("is answered over the socket by known words only", () => {
    expect(liveAnswerSchema.safeParse({ type: "sing" }).success).toBe(false);
  });
});

describe("sentences", () => {
  it("of the consent name the number, the version, the sum and the contractor", () => {
    const { signature, personalData } = consentTexts({
      number: "СМ-2026-0001",
      revision: 2,
      total: kopecks(123_456n),
      contractor: "ООО «Ромашка»",
    });
    for (const part of ["СМ-2026-0001", "версия 2", "1\u00a0234,56\u00a0₽", "63-ФЗ"]) {
      expect(signature).toContain(part);
    }
    expect(personalData).toContain("ООО «Ромашка»");
    expect(personalData).toContain("152-ФЗ");
  });

  const reasons: readonly NumberReason[] = [
    "empty",
    "not_a_number",
    "exponent",
    "extra_text",
    "misplaced_space",
    "ambiguous",
    "too_precise",
    "negative",
    "too_small",
    "too_large",
    "too_long",
    "bad_expression",
    "division_by_zero",
  ];
  it.each(reasons)("say what is wrong with a number: %s", (reason) => {
    for (const kind of ["money", "quantity", "percent"] as const) {
      expect(explainNumberProblem(reason, { kind })).toMatch(/^[А-ЯЁ][^]*\S$/);
      expect(explainNumberProblem(reason, { kind })).not.toContain("undefined");
    }
  });

  it("name the limits that were applied", () => {
    const limits = { minimum: kopecks(100n), maximum: kopecks(20_000n) };
    const say = (reason: NumberReason) => explainNumberProblem(reason, { kind: "money", limits });
    expect(say("too_small")).toContain("1,00");
    expect(say("too_large")).toContain("200,00");
    expect(explainNumberProblem("too_precise", { kind: "percent" })).toContain("4");
    expect(explainNumberProblem("negative", { kind: "quantity" })).toContain("количество");
  });

  it("of a CRM that stopped say what is wrong, and its error names kind and code alone", () => {
    for (const sentence of Object.values(STOP_SENTENCES))
      expect(sentence).toMatch(/^[А-ЯЁ\w].*\.$/);
    const cause = new Error("https://portal/rest/1/SECRET/");
    const error = new CrmError({ kind: "unknown" }, "timeout", { cause });
    expect([error.name, error.message, error.code]).toEqual([
      "CrmError",
      "the CRM call failed: unknown timeout",
      "timeout",
    ]);
    expect(error.cause).toBe(cause);
  });
});
