import { execFile } from "node:child_process";
import { join } from "node:path";
import { programEnvironment } from "../../db/testing_environment.ts";

/** Runs one of the program's commands to its end; rejects with its words when it fails. */
export function runCommand(
  root: string,
  file: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<string> {
  const command = join(root, "server", file);
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [command, ...args],
      { env: programEnvironment(env) },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${file} ${args[0]}: ${stdout}${stderr}`));
        else resolve(stdout);
      },
    );
  });
}
