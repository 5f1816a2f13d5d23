import { accountMethods } from "./account.ts";
import { callbackMethods } from "./callbacks.ts";
import { chatMethods } from "./chats.ts";
import { commandMethods } from "./commands.ts";
import { editingMethods } from "./editing.ts";
import { inlineMethods } from "./inline.ts";
import { mediaMethods } from "./media.ts";
import type { Method, Methods } from "./method.ts";
import { sendingMethods } from "./sending.ts";

const methods: Methods = {
  ...accountMethods,
  ...sendingMethods,
  ...mediaMethods,
  ...editingMethods,
  ...callbackMethods,
  ...inlineMethods,
  ...commandMethods,
  ...chatMethods,
};

/** Undefined for a method that the simulator does not have. */
export function findMethod(name: string): Method | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(methods, key) ? methods[key] : undefined;
}
