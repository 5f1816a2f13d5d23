/**
 * npm run sbom: what is installed at the customer's, in CycloneDX. `npm sbom --omit dev` also leaves out
 * what both the program and a development tool need; so everything is asked for and sifted here.
 */
import { execFileSync } from "node:child_process";
import { z } from "zod";

const DEVELOPMENT = "cdx:npm:package:development";

const listSchema = z.looseObject({
  bomFormat: z.literal("CycloneDX"),
  components: z.array(
    z.looseObject({
      "bom-ref": z.string(),
      properties: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
    }),
  ),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

export type PartsList = z.infer<typeof listSchema>;

/** @param folder with package-lock.json; nothing has to be installed there */
export function listParts(folder: string): PartsList {
  const words = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"];
  const output = execFileSync("npm", words, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const list = listSchema.parse(JSON.parse(output));
  const left = new Set(
    list.components
      .filter(({ properties = [] }) => properties.some(({ name }) => name === DEVELOPMENT))
      .map((component) => component["bom-ref"]),
  );
  return {
    ...list,
    components: list.components.filter((component) => !left.has(component["bom-ref"])),
    dependencies: list.dependencies
      .filter(({ ref }) => !left.has(ref))
      .map((edge) => ({ ...edge, dependsOn: edge.dependsOn.filter((ref) => !left.has(ref)) })),
  };
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(listParts(process.cwd()), null, 2));
}
