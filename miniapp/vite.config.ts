import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, minifySync, type Plugin } from "vite";

/** `npm run build`, and `build.ts` for `npm start`. */
export default defineConfig(({ command }) => {
  // A build is for people, also when a test asks for it: React's development form is twice the size.
  if (command === "build") process.env["NODE_ENV"] = "production";
  return {
    root: fileURLToPath(new URL(".", import.meta.url)),
    base: "/app/",
    plugins: [
      leaveOutUnused(),
      leaveOutCookies(),
      leaveOutSchemas(),
      react(),
      addOpening(),
      addWorker(),
      compressFiles(),
    ],
    resolve: {
      alias: {
        zod: fileURLToPath(new URL("src/without_schemas.ts", import.meta.url)),
        // The SDK hands its bridge on and builds forty components besides, of which the app uses none.
        "@telegram-apps/sdk-react": "@telegram-apps/bridge",
      },
    },
    build: {
      outDir: "dist",
      emptyOutDir: true,
      // Phones of foremen are old: Android WebView of 2021, iOS 15.
      target: ["chrome94", "safari15.4"],
      // Everything is one small file; a list of what else to load would only cost a round trip.
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: {
        treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false },
        // What the first paint needs is one file: no round trip to find the second.
        output: { codeSplitting: { groups: [{ name: "index", tags: ["$initial"] }] } },
        checks: { bundlerTimings: false },
      },
    },
    server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
  };
});

/**
 * The Telegram SDK declares all that it can read when it is loaded, in calls that nothing marks as free of
 * effects, so a bundler has to keep them: a third of its size for nothing. Marks them. The version is
 * pinned, and the browser tests run what comes out of here.
 */
function leaveOutUnused(): Plugin {
  const libraries = /node_modules\/(@telegram-apps\/\w+|valibot|error-kid|better-promises)\/dist\//;
  return {
    name: "leave-out-unused",
    enforce: "pre",
    apply: "build",
    transform(code, id) {
      if (!libraries.test(id)) return null;
      const marked = code
        .replace(/(^|\n)((?:const|let|var) [\w$]+ = |\] = )([\w$]+\()/g, "$1$2/* @__PURE__ */ $3")
        .replace(/([,\n] ?)([\w$]{1,3}) = ([\w$]{1,3}\()/g, "$1$2 = /* @__PURE__ */ $3");
      return { code: marked, map: null };
    },
  };
}

/** The typed client could send cookies of its own making; this app never does. */
function leaveOutCookies(): Plugin {
  return {
    name: "leave-out-cookies",
    enforce: "pre",
    apply: "build",
    transform(_, id) {
      if (!id.endsWith("/node_modules/hono/dist/utils/cookie.js")) return null;
      const code = `export const serialize = () => { throw new Error("no cookies in the app"); };`;
      return { code, map: null };
    },
  };
}

/**
 * The shared files declare schemas that the app never uses (see without_schemas.ts). A declaration is a
 * call, and a bundler keeps calls: marks those of schemas as free of effects.
 */
function leaveOutSchemas(): Plugin {
  const room = fileURLToPath(new URL("../domain/", import.meta.url));
  return {
    name: "leave-out-schemas",
    apply: "build",
    transform(code, id) {
      if (!id.startsWith(room)) return null;
      const schemas = this.parse(code).body.flatMap((statement) => {
        const declared =
          statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
        if (declared?.type !== "VariableDeclaration") return [];
        return declared.declarations.flatMap(({ init }) =>
          init?.type === "CallExpression" && isSchema(code.slice(init.start, init.end))
            ? [init]
            : [],
        );
      });
      let marked = code;
      for (const { start, end } of schemas.toReversed()) {
        const made = marked.slice(start, end);
        marked = `${marked.slice(0, start)}/* @__PURE__ */ (() => ${made})()${marked.slice(end)}`;
      }
      return { code: marked, map: null };
    },
  };
}

/** `z.string()…`, `quantityCodec.refine(…)`, `textSchema(200)` */
function isSchema(expression: string): boolean {
  return /^(?:z\.|\w+(?:Schema|Codec)\b)/.test(expression);
}

/** What asks for the session before the app is there, in front of its script. */
function addOpening(): Plugin {
  const source = fileURLToPath(new URL("src/opening/opening.browser.js", import.meta.url));
  return {
    name: "add-opening",
    apply: "build",
    buildStart() {
      const { code } = minifySync("opening.js", readFileSync(source, "utf8"));
      this.emitFile({ type: "asset", name: "opening.js", source: code });
    },
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle = {} }) => {
        const file = Object.keys(bundle).find((name) => /\/opening-[\w-]+\.js$/.test(name));
        if (file === undefined) throw new Error("the build lost opening.js");
        const attrs = { async: true, src: `/app/${file}` };
        return [{ tag: "script", attrs, injectTo: "head-prepend" }];
      },
    },
  };
}

/** The worker that opens the app without a network, with the names of all files in front. */
function addWorker(): Plugin {
  const source = fileURLToPath(new URL("src/offline/worker.browser.js", import.meta.url));
  return {
    name: "add-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
      const paths = JSON.stringify(files.sort().map((name) => `/app/${name}`));
      const code = `const FILES = ${paths};\n${readFileSync(source, "utf8")}`;
      this.emitFile({ type: "asset", fileName: "worker.js", source: code });
    },
  };
}

/** Leaves `.br` and `.gz` beside every file, so that the server compresses nothing. */
function compressFiles(): Plugin {
  return {
    name: "compress-files",
    apply: "build",
    writeBundle({ dir }) {
      if (dir === undefined) return;
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        if (!/\.(html|js|css|svg)$/.test(name)) continue;
        const path = join(dir, name);
        const content = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(content));
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}
