import type { AccountState, Entity, Kind, LeadPart, StoredField } from "./account_state.ts";
import { href } from "./links_out.ts";

/** Names in `with=`. */
export type Extras = ReadonlySet<string>;

/** An entity as GET shows it. */
export function viewEntity(
  account: AccountState,
  kind: Kind,
  entity: Entity,
  extras: Extras,
): object {
  const self = { self: { href: href(account, `/api/v4/${kind}/${String(entity.id)}`) } };
  const shared = {
    responsible_user_id: entity.responsibleUserId,
    group_id: 0,
    created_by: entity.createdBy,
    updated_by: entity.updatedBy,
    created_at: entity.createdAt,
    updated_at: entity.updatedAt,
    closest_task_at: null,
    is_deleted: false,
    custom_fields_values: viewFields(account, kind, entity.fields),
    account_id: account.id,
    _links: self,
    _embedded: embedded(account, kind, entity, extras),
  };
  if (entity.lead !== null) {
    return { id: entity.id, name: entity.name, ...viewLead(account, entity.lead), ...shared };
  }
  const names =
    kind === "contacts" ? { first_name: entity.firstName, last_name: entity.lastName } : {};
  return { id: entity.id, name: entity.name, ...names, is_unsorted: false, ...shared };
}

function viewLead(account: AccountState, lead: LeadPart): object {
  const whole = { price: Math.trunc(lead.price) };
  const exact =
    account.options.price === "minorUnits" ? { price_with_minor_units: lead.price } : {};
  return {
    ...whole,
    ...exact,
    status_id: lead.statusId,
    pipeline_id: lead.pipelineId,
    loss_reason_id: lead.lossReasonId,
    closed_at: lead.closedAt,
    score: null,
    labor_cost: null,
  };
}

/** Null rather than an empty list, as the service does. */
function viewFields(
  account: AccountState,
  kind: Kind,
  fields: readonly StoredField[],
): object[] | null {
  if (fields.length === 0) return null;
  return fields.flatMap(({ fieldId, values }) => {
    const definition = account.definitions[kind].find(({ id }) => id === fieldId);
    if (definition === undefined) return [];
    return {
      field_id: definition.id,
      field_name: definition.name,
      field_code: definition.code,
      field_type: definition.type,
      values: values.map(({ value, enumId }) => {
        const choice = definition.enums.find(({ id }) => id === enumId);
        return choice === undefined
          ? { value }
          : { value, enum_id: choice.id, enum_code: choice.code };
      }),
    };
  });
}

function embedded(account: AccountState, kind: Kind, entity: Entity, extras: Extras): object {
  const link = (other: Kind, id: number): object => ({
    id,
    _links: { self: { href: href(account, `/api/v4/${other}/${String(id)}`) } },
  });
  const companies =
    kind === "companies"
      ? {}
      : { companies: entity.companyId === null ? [] : [link("companies", entity.companyId)] };
  const people = entity.contactIds.filter((id) => account.tables.contacts.has(id));
  const contacts =
    kind !== "contacts" && extras.has("contacts")
      ? {
          contacts: people.map((id, index) => ({
            ...link("contacts", id),
            ...(kind === "leads" ? { is_main: index === 0 } : {}),
          })),
        }
      : {};
  const elements = extras.has("catalog_elements")
    ? {
        catalog_elements: entity.elements.map(({ id, catalogId, quantity }) => ({
          id,
          metadata: { quantity, catalog_id: catalogId },
        })),
      }
    : {};
  return {
    tags: entity.tags.map(({ id, name }) => ({ id, name, color: null })),
    ...companies,
    ...contacts,
    ...elements,
  };
}
