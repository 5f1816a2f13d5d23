import type { Parameters } from "../parameters.ts";
import type { Polling } from "../polling.ts";
import type { World } from "../world.ts";

/** What a method may use besides the world. */
type MethodContext = { world: World; polling: Polling };

/** Returns the `result`; throws ApiError. */
export type Method = (context: MethodContext, parameters: Parameters) => unknown;

/** Names in lower case: Telegram does not care about it. */
export type Methods = Record<string, Method>;
