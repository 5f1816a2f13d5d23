import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createSimulator, type Simulator } from "../bot/simulator/simulator.ts";
import { type Actor, ROLES } from "../domain/access.ts";
import { type Program, startProgram } from "../server/testing_program.ts";
import type { Bench } from "./database.ts";
import { fill } from "./estimates.ts";

/** One after another: each Telegram counts its updates anew, and those of one bot are handled once. */
let nextBotId = 5_000_001_000;
const PATIENCE = 120_000; // ms

export type Person = ReturnType<Simulator["person"]>;

/** The real program, and people who talk to it. */
export interface Chat {
  readonly telegram: Simulator;
  readonly program: Program;
  close(): Promise<void>;
}

/** @param roles "bot", or "web,bot,worker" */
export async function startChat(bench: Pick<Bench, "url">, roles: string): Promise<Chat> {
  nextBotId += 1;
  const token = `${nextBotId}:bench`;
  const telegram = createSimulator({ token, botUsername: "smetka_bot" });
  const { url: apiRoot } = await telegram.listen({ port: 0 });
  const dataDir = await mkdtemp(join(tmpdir(), "smetka-bench-data-"));
  await chmod(dataDir, 0o711);
  const program = await startProgram({
    BOT_TOKEN: token,
    TELEGRAM_API_ROOT: apiRoot,
    DATABASE_URL: bench.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: "error",
    ROLES: roles,
  });
  await program.ready();
  let isClosing = false;
  const tell = async (): Promise<void> => {
    const code = await program.ended;
    if (!isClosing) console.error(`the program ended with ${code}: ${program.output()}`);
  };
  void tell();
  return {
    telegram,
    program,
    close: async () => {
      isClosing = true;
      await program.end("SIGTERM");
      await telegram.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A company of one person, and an estimate with its first line. */
export async function beginEstimate(person: Person): Promise<void> {
  const limit = { limitMs: PATIENCE };
  person.start();
  await person.waitFor("Как называется ваша компания", limit);
  person.sendText("Бригада");
  await person.waitFor("Готово", limit);
  person.command("new");
  await person.waitFor("Для какого объекта смета?", limit);
  person.press("Без объекта");
  await person.waitFor("Пришлите работы", limit);
  await addLine(person);
}

/** «➕ Строки», a typed line, and the press that adds it: three updates. */
export async function takeStep(person: Person): Promise<void> {
  person.press("➕ Строки");
  await person.waitFor("Пришлите работы", { limitMs: PATIENCE });
  await addLine(person);
}

async function addLine(person: Person): Promise<void> {
  const limit = { limitMs: PATIENCE };
  person.sendText("Стяжка пола 10 м2 900");
  await person.waitFor("Понятно", limit);
  person.press("✅ Добавить 1 строку");
  await person.waitFor(/СМ-\d{4}-\d{4} · черновик/, limit);
}

const ownerRow = z.object({
  company_id: z.string(),
  user_id: z.string(),
  role: z.enum(ROLES),
  estimate_id: z.string(),
});

/** The estimate that a person has begun, and who he is. */
export async function findBegun(bench: Bench, telegramId: number) {
  const [row] = await bench.sql`
    select memberships.company_id, memberships.user_id, memberships.role, estimates.id as estimate_id
    from telegram_users
    join memberships on memberships.user_id = telegram_users.user_id
    join estimates on estimates.company_id = memberships.company_id
    where telegram_users.telegram_id = ${telegramId}
  `;
  const owner = ownerRow.parse(row);
  const actor: Actor = {
    companyId: owner.company_id,
    userId: owner.user_id,
    role: owner.role,
  };
  return { actor, estimateId: owner.estimate_id };
}

/** The estimate that this person has begun gets its length. */
export async function fillEstimate(bench: Bench, telegramId: number, lines: number): Promise<void> {
  const { actor, estimateId } = await findBegun(bench, telegramId);
  await fill({ asActor: bench.asActor, actor }, estimateId, lines);
}
