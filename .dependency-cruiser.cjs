/** The arrows between the rooms. Everything points at `domain`; only `server` knows `db` and `bot`. */
const rooms = {
  domain: [],
  db: ["domain"],
  bot: ["domain"],
  miniapp: ["domain"],
  server: ["domain", "db", "bot"],
};

const tests = "\\.test\\.tsx?$";

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, may]) => ({
      name: `${room}-may-import-only: ${may.join(", ") || "itself"}`,
      severity: "error",
      // The Mini App may know the *type* of the server's API, in one file.
      from: { path: `^${room}/`, pathNot: [tests, "^miniapp/src/api\\.ts$"] },
      to: {
        path: "^(domain|db|server|bot|miniapp|bench)/",
        pathNot: `^(${[room, ...may].join("|")})/`,
      },
    })),
    {
      name: "domain-is-pure",
      severity: "error",
      from: { path: "^domain/", pathNot: tests },
      to: {
        dependencyTypes: ["core", "npm"],
        pathNot: "node_modules/(zod|fractional-indexing|libphonenumber-js)/",
      },
    },
    {
      name: "only-one-folder-knows-the-telegram-sdk",
      severity: "error",
      from: { pathNot: "^miniapp/src/telegram/" },
      to: { path: "node_modules/@telegram-apps/" },
    },
    {
      name: "the-simulator-stays-out-of-production-code",
      severity: "error",
      from: {
        path: "^(domain|db|server|bot|miniapp)/",
        pathNot: [tests, "/testing", "^bot/simulator/", "^server/demo"],
      },
      to: { path: "^bot/simulator/" },
    },
    {
      name: "fakes-of-crms-stay-out-of-production-code",
      severity: "error",
      from: {
        path: "^(domain|db|server|bot|miniapp)/",
        pathNot: [tests, "/testing", "^server/crm/.*fake/", "^server/demo"],
      },
      to: { path: "^server/crm/.*fake/" },
    },
    {
      name: "what-reads-and-writes-files-is-loaded-by-its-threads",
      severity: "error",
      from: { path: "^server/main\\.ts$" },
      to: {
        path: "node_modules/(csv-parse|read-excel-file|write-excel-file|pdfmake)/",
        reachable: true,
      },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|\\.data)/" },
    parser: "swc",
  },
};
