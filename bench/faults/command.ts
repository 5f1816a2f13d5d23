import { execFile } from "node:child_process";
import { join } from "node:path";

/** Runs one of the program's commands to its end; rejects with its words when it fails. */
export function runCommand(
  root: string,
  file: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<string> {
  const variables = { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env };
  const command = join(root, "server", file);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [command, ...args], { env: variables }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${file} ${args[0]}: ${stdout}${stderr}`));
      else resolve(stdout);
    });
  });
}
