import { notFound } from "../../domain/errors.ts";
import { computeTotals } from "../../domain/estimate/totals.ts";
import { type ActState } from "../../db/acts.ts";
import { findClient } from "../../db/clients.ts";
import { findCompany } from "../../db/companies.ts";
import { findEstimate } from "../../db/estimates.ts";
import { listAdjustments } from "../../db/estimate_lines.ts";
import { listExtras } from "../../db/extras.ts";
import { findProject } from "../../db/projects.ts";
import { type ActDocument, buildActDocument } from "../documents/act_document.ts";
import { type Bill } from "./act_parts.ts";
import { MANY_EXTRAS, readBalance } from "./contracts.ts";
import type { CompanyScope } from "./scope.ts";

export async function describeAct(
  scope: CompanyScope,
  act: ActState,
  { parts, before }: Bill,
): Promise<ActDocument> {
  const { tx, actor } = scope;
  const { companyId } = actor;
  const [company, main] = await Promise.all([
    findCompany(tx, companyId),
    findEstimate(tx, companyId, act.estimateId),
  ]);
  if (!company || !main) throw notFound("Смета");
  const { projectId, clientId, date } = main.header;
  const [project, client, extras, adjustments] = await Promise.all([
    projectId === null ? null : findProject(tx, companyId, projectId),
    clientId === null ? null : findClient(tx, companyId, clientId),
    listExtras(tx, companyId, main.id, MANY_EXTRAS),
    listAdjustments(tx, companyId, main.id),
  ]);
  const { total } = computeTotals({ ...main.header, sums: main.sums, adjustments });
  const { number, status, periodFrom, periodTo, acceptedBy } = act;
  return buildActDocument({
    company,
    client,
    project,
    act: { number, status, date: act.date, periodFrom, periodTo, acceptedBy },
    contract: { number: main.number, date },
    parts,
    before,
    money: await readBalance(scope, { id: main.id, total }, extras),
  });
}
