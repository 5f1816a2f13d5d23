import type { HttpBindings } from "@hono/node-server";
import { Hono, type Context } from "hono";
import { z } from "zod";
import { ApiError } from "../api_error.ts";
import { demoPeople } from "../people.ts";
import type { Person, PersonOptions } from "../person.ts";
import type { World } from "../world.ts";
import { at, createActions } from "./actions.ts";

export type PageParts = {
  world: World;
  person: (options: PersonOptions) => Person;
  reset: () => void;
};

type Routes = Hono<{ Bindings: HttpBindings }>;

const newPersonBody = z.object({
  firstName: z.string().trim().min(1).max(64),
  lastName: z.string().trim().max(64).optional(),
  phone: z
    .string()
    .regex(/^\d{5,15}$/)
    .optional(),
  role: z.string().trim().max(40).optional(),
});
/** Everything that a person can do, as POST requests with JSON. */
export function createActionRoutes(parts: PageParts): Routes {
  const { world } = parts;
  const routes: Routes = new Hono();

  // Another site in the same browser must not act for the people here.
  routes.use(async (context, next) => {
    const origin = context.req.header("origin");
    if (origin !== undefined && new URL(origin).host !== context.req.header("host")) {
      return context.json({ error: "foreign origin" }, 403);
    }
    return next();
  });
  routes.onError((error, context) => {
    if (!(error instanceof z.ZodError) && !(error instanceof ApiError)) {
      world.log?.warn({ err: error }, "simulator: a person could not do it");
    }
    return context.json({ error: error.message }, error instanceof z.ZodError ? 400 : 409);
  });

  routes.post("/people", async (context) => {
    const { firstName, lastName, phone, role } = newPersonBody.parse(await context.req.json());
    const person = parts.person({
      firstName,
      ...(lastName === undefined ? {} : { lastName }),
      ...(phone === undefined ? {} : { phone }),
      ...(role === undefined ? {} : { role }),
    });
    return context.json({ id: person.id });
  });
  routes.post("/reset", (context) => {
    parts.reset();
    addDemoPeople(parts);
    return context.json({});
  });
  for (const [name, act] of Object.entries(createActions(parts.world))) {
    routes.post(`/people/:id/${name}`, async (context) => {
      const result = act(personOf(parts, context), await context.req.json());
      return context.json(result ?? {});
    });
  }
  routes.post("/people/:id/files", async (context) => {
    const form = await context.req.formData();
    return context.json(await sendFiles(personOf(parts, context), form));
  });
  return routes;
}

function personOf({ world, person }: PageParts, context: Context): Person {
  const id = Number(context.req.param("id"));
  const account = world.state.accounts.get(id);
  if (account === undefined) throw new Error(`no person ${id}`);
  return person({ id, firstName: account.user.first_name });
}

async function sendFiles(person: Person, form: FormData): Promise<{ count: number }> {
  const files = form.getAll("file").filter((value) => value instanceof File);
  const caption = form.get("caption");
  const chatKey = form.get("chatKey");
  const common = {
    caption: typeof caption === "string" ? caption : "",
    ...at(typeof chatKey === "string" ? chatKey : undefined),
  };
  const contents = await Promise.all(
    files.map(async (file) => ({
      name: file.name,
      bytes: new Uint8Array(await file.arrayBuffer()),
    })),
  );
  if (form.get("kind") === "photo" && contents.length > 1) {
    person.sendAlbum({ ...common, photos: contents.map(({ bytes }) => bytes) });
    return { count: contents.length };
  }
  for (const content of contents) {
    if (form.get("kind") === "photo") person.sendPhoto({ ...content, ...common });
    else person.sendDocument({ ...content, ...common });
  }
  return { count: contents.length };
}

/** Somebody must be there to look at the page. */
export function addDemoPeople({ world, person }: PageParts): void {
  if (world.state.accounts.size > 0) return;
  for (const options of Object.values(demoPeople)) person(options);
}
