declare module "vitest" {
  interface ProvidedContext {
    /** The maintenance database of the server where tests clone their databases. */
    testServerUrl: string;
    /** Names the databases of this run, its migrated template among them. */
    testRun: string;
  }
}

/** Then the run's name, an underscore, and the name within the run. */
export const databasePrefix = "smetka_test_";

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
