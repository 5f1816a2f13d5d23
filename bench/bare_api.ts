import { serve } from "@hono/node-server";
import { Hono } from "hono";
import postgres from "postgres";

/*
 * The floors of the API: Hono with the same PostgreSQL and nothing between. `/draft` asks the two queries
 * that an estimate is made of, `/stored` answers nothing after reading one frozen document by its key,
 * `/small` nothing after reading one short row by its key.
 */
const sql = postgres(process.env["DATABASE_URL"] ?? "", {
  max: 4,
  connection: { application_name: "smetka bare" },
});
const app = new Hono();
app.get("/draft/:company/:id", async (context) => {
  const { company, id } = context.req.param();
  const [estimates, lines] = await Promise.all([
    sql`
      select
        id, version, status, title, number_year, number_sequence, date::text, valid_until::text, vat,
        discount, work_amount, material_amount, total_amount, line_count, created_at, updated_at
      from estimates
      where company_id = ${company} and id = ${id}
    `,
    sql`
      select
        id, section_id, position, kind, name, unit, quantity, quantity_formula, price, cost,
        is_optional, is_chosen, price_source, note, internal_note
      from estimate_lines
      where company_id = ${company} and estimate_id = ${id}
      order by section_id, position, id
      limit 20000
    `,
  ]);
  return context.json({ head: estimates[0], content: { lines } });
});
app.get("/stored/:company/:id", async (context) => {
  const { company, id } = context.req.param();
  await sql`
    select document
    from estimate_revisions
    where company_id = ${company} and id = ${id}
  `;
  return context.body(null, 204);
});
app.get("/small/:company/:id", async (context) => {
  const { company, id } = context.req.param();
  await sql`
    select version, updated_at
    from estimates
    where company_id = ${company} and id = ${id}
  `;
  return context.body(null, 204);
});
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
process.on("SIGTERM", () => process.exit(0));
