import { type Day, dayIn } from "../../domain/calendar.ts";
import { notFound } from "../../domain/errors.ts";
import { findCompany } from "../../db/companies.ts";
import { findMember } from "../../db/memberships.ts";
import type { CompanyScope, Scope } from "./scope.ts";

/** The company that somebody works for or looks at, without its VAT modes. */
export async function readOwnCompany({ tx, actor }: CompanyScope) {
  const company = await findCompany(tx, actor.companyId);
  if (!company) throw notFound("Компания");
  return company;
}

/** The day where the company is. */
export async function readToday(scope: Pick<Scope, "tx" | "actor" | "now">): Promise<Day> {
  return dayIn((await readOwnCompany(scope)).timezone, scope.now);
}

/** Whoever acts, by name; empty when the person leaves the company at this moment. */
export async function readActorName({ tx, actor }: Pick<Scope, "tx" | "actor">): Promise<string> {
  return (await findMember(tx, actor.companyId, actor.userId))?.name ?? "";
}
