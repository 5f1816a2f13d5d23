import { type Fields, asMap, asText, isMap } from "../../fake/values.ts";
import { RestError, missingParameter } from "./errors.ts";
import { camelNameOf } from "./item_fields.ts";
import type { Method, MethodAnswer } from "./methods.ts";
import type { PortalState, UserField } from "./portal_state.ts";

/** Custom fields of deals. api-reference/crm/deals/user-defined-fields */
export const USER_FIELD_METHODS: readonly (readonly [string, Method])[] = [
  ["crm.deal.userfield.add", { scope: "crm", run: addUserField }],
  ["crm.deal.userfield.list", { scope: "crm", run: listUserFields }],
];

const KINDS = new Set([
  "string",
  "integer",
  "double",
  "boolean",
  "datetime",
  "date",
  "money",
  "url",
  "address",
  "enumeration",
  "file",
  "employee",
  "crm_status",
  "iblock_section",
  "iblock_element",
  "crm",
]);
const LONGEST_NAME = 50;

function addUserField(portal: PortalState, params: Fields): MethodAnswer {
  if (!isMap(params["fields"])) throw missingParameter("fields");
  if (!portal.webhook.isAdmin) throw new RestError(400, "", "Access denied.");
  const fields = params["fields"];
  const upperName = readName(asText(fields["FIELD_NAME"]));
  const kind = asText(fields["USER_TYPE_ID"]);
  if (kind === "") throw new RestError(400, "", "The 'USER_TYPE_ID' field is not found.");
  if (!KINDS.has(kind)) throw new RestError(400, "ERROR_CORE", "Incorrect custom type specified.");
  if (portal.dealUserFields.some((field) => field.upperName === upperName)) {
    throw new RestError(
      400,
      "ERROR_CORE",
      `Field ${upperName} for entity CRM_DEAL already exists.`,
    );
  }
  const id = portal.next("userField");
  const name = camelNameOf(upperName);
  portal.dealUserFields.push({
    id,
    name,
    upperName,
    type: kind,
    title: asText(fields["LABEL"]) || upperName,
    isReadOnly: false,
    isMultiple: asText(fields["MULTIPLE"]) === "Y" && kind !== "boolean",
    isMandatory: asText(fields["MANDATORY"]) === "Y",
  });
  return { result: id };
}

/** The prefix is added where it is missing; `UF_` alone is completed. */
function readName(given: string): string {
  if (given === "") throw new RestError(400, "", "The 'FIELD_NAME' field is not found.");
  const code = given.toUpperCase().replace(/^UF_(CRM_)?/, "");
  const name = `UF_CRM_${code}`;
  if (name.length > LONGEST_NAME) {
    throw new RestError(400, "ERROR_CORE", "Field name is too long (more than 50 characters).");
  }
  if (!/^[A-Z0-9_]+$/.test(name)) {
    throw new RestError(
      400,
      "ERROR_CORE",
      "Field name contains invalid characters. Allowed characters are: A-Z, 0-9 and _.",
    );
  }
  return name;
}

function listUserFields(portal: PortalState, params: Fields): MethodAnswer {
  const wanted = Object.entries(asMap(params["filter"])).filter(([key]) => key !== "LANG");
  const rows = portal.dealUserFields
    .map(viewUserField)
    .filter((row) => wanted.every(([key, value]) => asText(row[key]) === asText(value)));
  return { result: rows, total: rows.length };
}

function viewUserField(field: UserField): Fields {
  return {
    ID: String(field.id),
    ENTITY_ID: "CRM_DEAL",
    FIELD_NAME: field.upperName,
    USER_TYPE_ID: field.type,
    XML_ID: null,
    SORT: "100",
    MULTIPLE: field.isMultiple ? "Y" : "N",
    MANDATORY: field.isMandatory ? "Y" : "N",
    SHOW_FILTER: "N",
    SHOW_IN_LIST: "Y",
    EDIT_IN_LIST: "Y",
    IS_SEARCHABLE: "N",
    SETTINGS: {},
  };
}
