import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";

/**
 * The app of a fake. What escapes its handlers is the fake's own fault and nothing a real service would
 * say: the stack goes to stderr, and the answer's code tells a failing test what it was.
 */
export function createFakeApp(): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError(tellOwnFault);
  return app;
}

const LONGEST_MESSAGE = 60; // characters

function tellOwnFault(error: Error, context: Context): Response {
  const { method, path } = context.req;
  process.stderr.write(
    `The fake itself failed in ${method} ${path}: ${error.stack ?? error.message}\n`,
  );
  // Two words in Latin letters are what a CRM's code may be, or the program would not show it.
  const words = error.message.slice(0, LONGEST_MESSAGE).replaceAll(/[^A-Za-z]+/g, "_");
  const body = { error: `${error.constructor.name} ${words}`, error_description: error.message };
  return context.json(body, 500);
}
