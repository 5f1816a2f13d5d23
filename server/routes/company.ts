import { Hono } from "hono";
import { companyFieldsSchema, datedVatModeSchema } from "../../domain/companies.ts";
import type { Company } from "../../domain/services.ts";
import type { Member } from "../../domain/team.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { givenFields, jsonBody, patchOf } from "./validation.ts";

/** The person's own company: its requisites, VAT by date, its team. */
export function companyRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/", async (context) => {
      const found = await run(context, ({ company }) => company.get());
      return context.json(encodeCompany(found), 200);
    })
    .patch("/", jsonBody(patchOf(companyFieldsSchema)), async (context) => {
      const fields = givenFields(context.req.valid("json"));
      const changed = await run(context, ({ company }) => company.set(fields));
      return context.json(encodeCompany(changed), 200);
    })
    .put("/vat", jsonBody(datedVatModeSchema), async (context) => {
      const mode = context.req.valid("json");
      const changed = await run(context, async ({ company }) => {
        await company.setVatMode(mode);
        return await company.get();
      });
      return context.json(encodeCompany(changed), 200);
    })
    .get("/team", async (context) => {
      const members = await run(context, ({ team }) => team.members());
      return context.json({ items: members.map(encodeMember) }, 200);
    });
}

function encodeCompany(company: Company) {
  return {
    id: company.id,
    name: company.name,
    fullName: company.fullName,
    inn: company.inn,
    kpp: company.kpp,
    ogrn: company.ogrn,
    address: company.address,
    phone: company.phone,
    email: company.email,
    bankName: company.bankName,
    bankBik: company.bankBik,
    bankAccount: company.bankAccount,
    bankCorrespondentAccount: company.bankCorrespondentAccount,
    signatory: company.signatory,
    timezone: company.timezone,
    vatModes: company.vatModes.map(({ validFrom, mode }) => ({ validFrom, mode })),
  };
}

function encodeMember({ userId, name, role, username, joinedAt }: Member) {
  return { userId, name, role, username, joinedAt: joinedAt.toISOString() };
}
