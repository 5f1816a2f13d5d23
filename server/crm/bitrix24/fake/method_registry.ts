import { DIRECTORY_METHODS } from "./directories.ts";
import { DUPLICATE_METHODS } from "./duplicates.ts";
import { RestError, notEmulated } from "./errors.ts";
import { ITEM_METHODS } from "./items.ts";
import { MEASURE_METHODS } from "./measures.ts";
import type { Method, Methods } from "./methods.ts";
import { PRODUCT_ROW_METHODS } from "./product_rows.ts";
import { SYSTEM_METHODS } from "./system.ts";
import { TIMELINE_METHODS } from "./timeline.ts";
import { USER_FIELD_METHODS } from "./user_fields.ts";

/** Everything this fake can be asked. */
export const ALL_METHODS: Methods = new Map<string, Method>([
  ...SYSTEM_METHODS,
  ["method.get", { scope: null, run: () => ({ result: null }) }],
  ...ITEM_METHODS,
  ...PRODUCT_ROW_METHODS,
  ...DIRECTORY_METHODS,
  ...DUPLICATE_METHODS,
  ...TIMELINE_METHODS,
  ...USER_FIELD_METHODS,
  ...MEASURE_METHODS,
]);

/** Real methods that this fake leaves out; asking for one is a gap to fill, not a client's mistake. */
const LEFT_OUT =
  /^(crm\.(lead|deal|contact|company|quote|invoice|activity|product|productrow|type|automation|requisite|address|enum|item\.productrow|item\.import|item\.batchimport|timeline|status|category|currency|measure|entity|duplicate|documentgenerator)\.|crm\.item\.(import|batchimport)|catalog\.|disk\.|user\.|tasks?\.|im\.|sale\.|bizproc\.|lists\.)/;

/** Methods that exist for applications only. */
const FOR_APPLICATIONS = /^(event\.|events$|placement\.|app\.option|user\.option)/;

/** The method by its lower-case name, or the portal's refusal. */
export function findMethod(name: string): Method {
  const method = ALL_METHODS.get(name);
  if (method !== undefined) return method;
  if (FOR_APPLICATIONS.test(name)) {
    throw new RestError(403, "ACCESS_DENIED", "Access denied! Application context required");
  }
  if (LEFT_OUT.test(name)) throw notEmulated(name);
  throw new RestError(404, "ERROR_METHOD_NOT_FOUND", "Method not found!");
}
