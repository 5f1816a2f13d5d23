import { expect, it } from "vitest";
import { nameOfWork } from "./dead_letters.ts";
import { AppError, forbidden, notFound } from "./errors.ts";
import { kindsFor, nameOfKind, NOTIFICATION_KINDS, NOTIFICATION_NAMES } from "./notifications.ts";

it("tells leaders of everything and foremen of what is theirs", () => {
  expect(kindsFor("owner")).toEqual(NOTIFICATION_KINDS);
  expect(kindsFor("manager")).toEqual(NOTIFICATION_KINDS);
  const left = NOTIFICATION_KINDS.filter((kind) => !kindsFor("foreman").includes(kind));
  expect(left).toEqual(["created", "submitted", "crm_trouble", "dead_letter"]);
});

it("has a name of its own for every kind", () => {
  expect(new Set(Object.values(NOTIFICATION_NAMES)).size).toBe(NOTIFICATION_KINDS.length);
});

it("calls a kind of a newer version by its own word", () => {
  expect(nameOfKind("approved")).toBe("Утверждена");
  expect(nameOfKind("sent_to_the_moon")).toBe("sent_to_the_moon");
  expect(nameOfKind("constructor")).toBe("constructor");
});

it("names work that was given up, known or not", () => {
  expect(nameOfWork("crm.push")).toBe("передача сметы в CRM");
  expect(nameOfWork("something.new")).toBe("фоновая работа");
});

it("carries code, sentence, details and cause in an error", () => {
  const cause = new Error("x");
  expect(new AppError("conflict", "Так нельзя.", { cause, details: { a: 1 } })).toMatchObject({
    name: "AppError",
    code: "conflict",
    message: "Так нельзя.",
    cause,
    details: { a: 1 },
  });
  expect(notFound()).toMatchObject({
    code: "not_found",
    message: "Запись не найдена. Возможно, её удалили.",
    details: {},
  });
  expect(notFound("Смета").message).toMatch(/^Смета не найдена/);
  expect(forbidden().code).toBe("forbidden");
});
