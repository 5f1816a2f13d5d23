import { buildForm, type FormInput } from "../../fake/form.ts";
import type { AccountState, Entity, Hook, Kind, StoredField } from "./account_state.ts";

type HookAction = "add" | "update" | "status" | "delete" | "restore";

/** Names a subscription may hold: `update_lead`, `delete_company`… */
export const HOOK_SETTINGS: ReadonlySet<string> = new Set([
  ...["lead", "contact", "company"].flatMap((noun) =>
    ["add", "update", "delete", "restore", "responsible", "note"].map((verb) => `${verb}_${noun}`),
  ),
  "status_lead",
  "add_task",
  "update_task",
  "delete_task",
  "responsible_task",
]);

const NOUNS: Record<Kind, string> = { leads: "lead", contacts: "contact", companies: "company" };

interface Change {
  before: Entity | null;
  entity: Entity;
}

/** Tells the hooks about entities that one request, or one act of a person, added or changed. */
export function announce(account: AccountState, kind: Kind, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  const added = changes.filter(({ before }) => before === null);
  const moved = changes.filter(isMoved);
  const { statusHooks } = account.options;
  const updated = changes.filter(
    (change) => change.before !== null && !(statusHooks === "statusOnly" && isMoved(change)),
  );
  const posts: Partial<Record<HookAction, readonly Change[]>>[] =
    statusHooks === "together"
      ? [{ add: added, status: moved, update: updated }]
      : [{ add: added }, { status: moved }, { update: updated }];
  for (const post of posts) sendPost(account, kind, post);
}

/** Tells the hooks about entities that went into the bin or came back. */
export function announceRemoval(
  account: AccountState,
  kind: Kind,
  action: "delete" | "restore",
  entities: readonly Entity[],
): void {
  sendPost(account, kind, { [action]: entities.map((entity) => ({ before: entity, entity })) });
}

function isMoved({ before, entity }: Change): boolean {
  if (before === null || before.lead === null || entity.lead === null) return false;
  return (
    before.lead.statusId !== entity.lead.statusId ||
    before.lead.pipelineId !== entity.lead.pipelineId
  );
}

function sendPost(
  account: AccountState,
  kind: Kind,
  post: Partial<Record<HookAction, readonly Change[]>>,
): void {
  for (const hook of account.hooks) {
    const wanted = Object.entries(post).filter(
      ([action, changes]) => changes.length > 0 && isSubscribed(hook, `${action}_${NOUNS[kind]}`),
    );
    if (hook.isDisabled || wanted.length === 0) continue;
    const items = wanted.map(([action, changes]) => [
      action,
      changes.map((change) => viewChange(account, kind, action as HookAction, change)),
    ]);
    // Companies travel under `contacts`, told apart by their type.
    const body = buildForm({
      [kind === "leads" ? "leads" : "contacts"]: Object.fromEntries(items) as Record<
        string,
        FormInput
      >,
      account: {
        id: String(account.id),
        subdomain: account.subdomain,
        _links: { self: account.baseUrl },
      },
    });
    account.hooksOut.send({ url: hook.destination, body });
  }
}

function isSubscribed(hook: Hook, setting: string): boolean {
  return hook.settings.includes(setting);
}

/** The old v2 shape: flat names, every value a text. */
function viewChange(
  account: AccountState,
  kind: Kind,
  action: HookAction,
  { before, entity }: Change,
): { [key: string]: FormInput } {
  const type = kind === "leads" ? {} : { type: NOUNS[kind] };
  const lead = entity.lead;
  if (action === "delete") {
    const place =
      lead === null
        ? {}
        : { status_id: String(lead.statusId), pipeline_id: String(lead.pipelineId) };
    return { id: String(entity.id), ...place, ...type };
  }
  return {
    id: String(entity.id),
    name: entity.name,
    ...(lead === null ? {} : viewPlace(before, entity)),
    responsible_user_id: String(entity.responsibleUserId),
    ...oldResponsible(before, entity),
    date_create: String(entity.createdAt),
    last_modified: String(entity.updatedAt),
    created_user_id: String(entity.createdBy),
    modified_user_id: String(entity.updatedBy),
    account_id: String(account.id),
    ...viewCustomFields(account, kind, entity.fields),
    tags: entity.tags.map(({ id, name }) => ({ id: String(id), name })),
    created_at: String(entity.createdAt),
    updated_at: String(entity.updatedAt),
    ...type,
  };
}

function viewPlace(before: Entity | null, { lead }: Entity): { [key: string]: FormInput } {
  const old = before?.lead;
  const isChanged =
    old !== undefined &&
    old !== null &&
    (old.statusId !== lead?.statusId || old.pipelineId !== lead.pipelineId);
  return {
    status_id: String(lead?.statusId),
    ...(isChanged
      ? { old_status_id: String(old.statusId), old_pipeline_id: String(old.pipelineId) }
      : {}),
    price: String(Math.trunc(lead?.price ?? 0)),
    pipeline_id: String(lead?.pipelineId),
  };
}

function oldResponsible(before: Entity | null, entity: Entity): { [key: string]: FormInput } {
  if (before === null || before.responsibleUserId === entity.responsibleUserId) return {};
  return { old_responsible_user_id: String(before.responsibleUserId) };
}

/** Dates are bare scalars, radio buttons one map instead of a list: as the documents show them. */
function viewCustomFields(
  account: AccountState,
  kind: Kind,
  fields: readonly StoredField[],
): { custom_fields?: FormInput } {
  const views = fields.flatMap(({ fieldId, values }): FormInput[] => {
    const definition = account.definitions[kind].find(({ id }) => id === fieldId);
    if (definition === undefined) return [];
    const items = values.map(({ value, enumId }) => ({
      value: String(value),
      ...(enumId === null ? {} : { enum: String(enumId) }),
    }));
    const shown: FormInput =
      definition.type === "date" || definition.type === "date_time"
        ? items.map(({ value }) => value)
        : definition.type === "radiobutton"
          ? items[0]
          : items;
    return [
      {
        id: String(fieldId),
        name: definition.name,
        ...(definition.code === null ? {} : { code: definition.code }),
        values: shown,
      },
    ];
  });
  return views.length === 0 ? {} : { custom_fields: views };
}
