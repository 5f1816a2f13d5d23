import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { readClusterLocation } from "../../db/embedded_location.ts";
import { findFreePort, type Program, startProgram } from "../../server/testing_program.ts";
import type { Fault } from "./fault.ts";

/** `npm start` on one machine, with the PostgreSQL that it brings along. */
export const embeddedFaults: readonly Fault[] = [
  {
    id: "30",
    name: "npm start is killed (-9): its PostgreSQL lives on, or dies too; the port is taken",
    isShort: false,
    isAlone: true,
    run: async () => {
      const folder = await mkdtemp(join(tmpdir(), "smetka-start-"));
      const dataDir = join(folder, "data");
      const port = String(await findFreePort());
      const started: Program[] = [];
      const start = async (): Promise<[Program, string]> => {
        const moment = performance.now();
        const program = await startProgram({ DATA_DIR: dataDir, PORT: port });
        started.push(program);
        await program.ready();
        return [program, ((performance.now() - moment) / 1000).toFixed(1)];
      };
      try {
        const [first, cold] = await start();
        await first.end("SIGKILL");
        const [second, adopted] = await start();
        await killBoth(second, dataDir);
        const [third, recovered] = await start();
        const refusal = await refusedAt({ DATA_DIR: join(folder, "other"), PORT: port });
        await third.end("SIGTERM");
        return `first start ${cold} s; PostgreSQL adopted: ${adopted} s; stale pid file: ${recovered} s; ${refusal}`;
      } finally {
        for (const program of started) await program.end("SIGTERM");
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
];

async function killBoth(program: Program, dataDir: string): Promise<void> {
  const cluster = await readClusterLocation(dataDir);
  const [pid] = (await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n");
  await program.end("SIGKILL");
  process.kill(Number(pid), "SIGKILL");
}

/** A second program on the same port says so and ends. */
async function refusedAt(variables: Record<string, string>): Promise<string> {
  const program = await startProgram(variables);
  const code = await program.ended;
  const said = program.output().trim();
  if (code !== 1 || !/Порт \d+ уже занят/.test(said)) {
    throw new Error(`a taken port: exit code ${code}, ${said}`);
  }
  return "taken port: exit code 1 and a sentence";
}
