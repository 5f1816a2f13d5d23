import type { World } from "./world.ts";

/** What the parts of a person need. `act` is called before anything the person does. */
export type PersonParts = { world: World; personId: number; act: () => void };
