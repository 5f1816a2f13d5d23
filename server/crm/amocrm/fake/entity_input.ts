import { type Fields, asList, isMap } from "../../fake/values.ts";
import type { AccountState, Entity, Kind, Tag } from "./account_state.ts";
import { readFieldValues } from "./field_values.ts";
import { type LeadInput, readLead } from "./lead_input.ts";
import { type Violation, invalidType, notSupported, tooLong } from "./problems.ts";

const LONGEST_NAME = 255;

/**
 * One entity of a POST or PATCH laid over what is stored. Unknown and read-only names are passed
 * over, as the service does with a GET that is sent back; wrong values are violations.
 */
export function readInput(
  account: AccountState,
  kind: Kind,
  before: Entity,
  input: Fields,
  isNew: boolean,
): { entity: Entity; violations: Violation[] } {
  const reader = createReader(account, input);
  const { fields, violations } = readFieldValues(
    account,
    kind,
    input["custom_fields_values"],
    before.fields,
  );
  const entity: Entity = {
    ...before,
    name: reader.name("name", before.name),
    responsibleUserId: reader.user("responsible_user_id", before.responsibleUserId),
    createdBy: reader.user("created_by", before.createdBy),
    updatedBy: reader.user("updated_by", account.actorId),
    createdAt: reader.integer("created_at", before.createdAt) ?? before.createdAt,
    tags: readTags(account, before.tags, input),
    fields,
  };
  const named = kind === "contacts" ? withContactNames(entity, before, input, reader) : entity;
  const lead: LeadInput =
    kind === "leads"
      ? readLead(account, before.lead, input, isNew)
      : { lead: null, violations: [] };
  const stale = checkUpdatedAt(account, before, input);
  return {
    entity: { ...named, lead: lead.lead },
    violations: [...reader.violations, ...violations, ...lead.violations, ...stale],
  };
}

/** A contact's name is made of its parts when only they are given, and the other way round. */
function withContactNames(entity: Entity, before: Entity, input: Fields, reader: Reader): Entity {
  const firstName = reader.name("first_name", before.firstName);
  const lastName = reader.name("last_name", before.lastName);
  const arePartsGiven = input["first_name"] !== undefined || input["last_name"] !== undefined;
  if (arePartsGiven && input["name"] === undefined) {
    return {
      ...entity,
      firstName,
      lastName,
      name: [firstName, lastName].filter(Boolean).join(" "),
    };
  }
  return { ...entity, firstName, lastName };
}

interface Reader {
  violations: Violation[];
  name(key: string, present: string): string;
  user(key: string, present: number): number;
  integer(key: string, present: number | null): number | null;
}

function createReader(account: AccountState, input: Fields): Reader {
  const violations: Violation[] = [];
  return {
    violations,
    name(key, present) {
      const value = input[key];
      if (value === undefined || value === null) return present;
      if (typeof value !== "string") {
        violations.push(invalidType(key, "string"));
        return present;
      }
      const characters = Array.from(value);
      if (characters.length <= LONGEST_NAME) return value;
      if (account.options.longName === "refused") violations.push(tooLong(key, LONGEST_NAME));
      return characters.slice(0, LONGEST_NAME).join("");
    },
    user(key, present) {
      const value = input[key];
      if (value === undefined || value === null) return present;
      const isRobot = value === 0 && key !== "responsible_user_id";
      const isKnown = account.users.some(({ id, isActive }) => id === value && isActive);
      if (!isRobot && !isKnown) violations.push(notSupported(key));
      return typeof value === "number" ? value : present;
    },
    integer(key, present) {
      const value = input[key];
      if (value === undefined || value === null) return present;
      if (typeof value === "number" && Number.isInteger(value)) return value;
      violations.push(invalidType(key, "int"));
      return present;
    },
  };
}

function checkUpdatedAt(account: AccountState, before: Entity, input: Fields): Violation[] {
  const given = input["updated_at"];
  if (given === undefined || given === null) return [];
  if (typeof given !== "number" || !Number.isInteger(given))
    return [invalidType("updated_at", "int")];
  if (account.options.staleUpdatedAt === "taken" || given > before.updatedAt) return [];
  return [
    { code: "Stale", path: "updated_at", detail: "Last modified date is older than in database" },
  ];
}

/** `_embedded.tags` replaces all tags; `tags_to_add` and `tags_to_delete` leave the others. */
function readTags(account: AccountState, present: readonly Tag[], input: Fields): Tag[] {
  const embedded = isMap(input["_embedded"]) ? input["_embedded"]["tags"] : undefined;
  const kept = embedded === undefined ? [...present] : tagsFrom(account, embedded);
  const added = tagsFrom(account, input["tags_to_add"]);
  const removed = new Set(tagsFrom(account, input["tags_to_delete"]).map(({ name }) => name));
  const all = [...kept, ...added].filter(({ name }) => !removed.has(name));
  return [...new Map(all.map((tag) => [tag.name, tag])).values()];
}

function tagsFrom(account: AccountState, value: unknown): Tag[] {
  return asList(value).flatMap((tag): Tag[] => {
    if (!isMap(tag) || typeof tag["name"] !== "string") return [];
    const id = typeof tag["id"] === "number" ? tag["id"] : account.next("tag");
    return [{ id, name: tag["name"] }];
  });
}
