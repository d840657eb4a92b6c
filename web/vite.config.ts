/** Build of the web client: static files under dist/, one origin, nothing inline. */
import preact from "@preact/preset-vite";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin, type Rolldown } from "vite";
import { catalogue } from "./src/catalogue/index.ts";
import { ICONS } from "./src/icons.ts";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const pdfjs = dirname(require.resolve("pdfjs-dist/package.json"));
const { version: pdfjsVersion } = require("pdfjs-dist/package.json") as { version: string };
/** The version is in the path: these files may be cached for ever, as hashed assets are. */
const PDF_FOLDER = `assets/pdfjs-${pdfjsVersion}`;

/** Gives the drawings of the icons we use as data, so that no markup is ever parsed at run time. */
function icons(): Plugin {
  return {
    name: "carnet-icons",
    resolveId: (id) => (id === "virtual:icons" ? `\0${id}` : undefined),
    load(id) {
      if (id !== "\0virtual:icons") return undefined;
      const all = JSON.parse(
        readFileSync(require.resolve("lucide-static/icon-nodes.json"), "utf8"),
      ) as Record<string, unknown>;
      const missing = ICONS.filter((name) => !(name in all));
      if (missing.length) this.error(`unknown icons: ${missing.join(", ")}`);
      return `export default ${JSON.stringify(Object.fromEntries(ICONS.map((n) => [n, all[n]])))}`;
    },
  };
}

const word = (path: string) =>
  String(
    path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], catalogue),
  );

const escapeHtml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Puts the words of the catalogue in the static page: `{{public.heading}}`. */
function words(): Plugin {
  return {
    name: "carnet-words",
    transformIndexHtml: (html) =>
      html.replace(/\{\{([\w.]+)\}\}/g, (_, path: string) => escapeHtml(word(path))),
  };
}

/** Copies what pdf.js fetches by itself: standard fonts, and decoders that need no WebAssembly. */
function pdfFiles(): Plugin {
  return {
    name: "carnet-pdf-files",
    apply: "build",
    closeBundle() {
      const target = join(here, "dist", PDF_FOLDER);
      mkdirSync(join(target, "wasm"), { recursive: true });
      cpSync(join(pdfjs, "standard_fonts"), join(target, "standard_fonts"), { recursive: true });
      for (const file of readdirSync(join(pdfjs, "wasm")).filter((n) => n.includes("nowasm"))) {
        cpSync(join(pdfjs, "wasm", file), join(target, "wasm", file));
      }
    },
  };
}

/** Writes sw.js with the list of the shell's files and a version made from their content. */
function serviceWorker(): Plugin {
  return {
    name: "carnet-service-worker",
    apply: "build",
    enforce: "post",
    closeBundle() {
      const dist = join(here, "dist");
      const shell = readdirSync(join(dist, "assets"))
        .filter((name) => /\.(js|css)$/.test(name) && !name.startsWith("pdf"))
        .map((name) => `/assets/${name}`)
        .concat("/boot.js", "/manifest.webmanifest", "/icon.svg");
      const version = createHash("sha256")
        .update(shell.join())
        .update(readFileSync(join(dist, "index.html")))
        .digest("hex")
        .slice(0, 12);
      const source = readFileSync(join(here, "src", "service-worker.js"), "utf8");
      writeFileSync(
        join(dist, "sw.js"),
        source.replace('"VERSION"', JSON.stringify(version)).replace('["SHELL"]', JSON.stringify(shell)),
      );
    },
  };
}

type Modules = Pick<Rolldown.PluginContext, "getModuleInfo">;

/** Says whether the page's own script needs a module before any screen does. */
function isShell(id: string, modules: Modules, seen = new Set<string>()): boolean {
  if (seen.has(id)) return false; // imports may go in a circle
  seen.add(id);
  const module = modules.getModuleInfo(id);
  return module !== null && (module.isEntry || module.importers.some((by) => isShell(by, modules, seen)));
}

export default defineConfig({
  root: here,
  plugins: [preact(), icons(), words(), pdfFiles(), serviceWorker()],
  define: { __PDF_FOLDER__: JSON.stringify(`/${PDF_FOLDER}/`) },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        // Left alone, what two screens share is a file of its own: 20 small requests for a screen. A
        // phone has one for what every screen needs, one for what many share, and the screen's own.
        codeSplitting: {
          groups: [
            {
              debugName: "shell",
              priority: 2,
              name: (id, modules) => (isShell(id, modules) ? "shell" : null),
            },
            { name: "common", priority: 1, minShareCount: 5, maxModuleSize: 5000 },
          ],
        },
        // A static server may not know .mjs; every server knows .js.
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith(".mjs"))
            ? "assets/[name]-[hash].js"
            : "assets/[name]-[hash][extname]",
      },
    },
  },
  server: {
    // The guide and the example of integrators are shown as the repository has them.
    fs: { allow: [here, join(here, "..", "docs")] },
    proxy: Object.fromEntries(
      ["/v1", "/problems", "/openapi.json"].map((path) => [
        path,
        process.env["CARNET_URL"] ?? "http://localhost:8080",
      ]),
    ),
  },
  // A document costs half a second a file: those that need one say so in their first line.
  test: { environment: "node", include: ["test/**/*.test.ts?(x)"] },
} as Parameters<typeof defineConfig>[0]);
