/** Fails when what a browser must download grows past what was agreed. Run after the build. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const FIRST_JS = 60_000;
/** Each request costs a slow phone more than the bytes that it would save. */
const FIRST_SCRIPTS = 1;
const FIRST_CSS = 20_000;
const LAZY_JS = 25_000;
/** pdf.js is loaded only when a PDF is opened, and says its own size. */
const PDFJS = /^pdf(?:-[\w-]+|\.worker\.min-[\w-]+)\.js$/;

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const assets = join(dist, "assets");
const html = readFileSync(join(dist, "index.html"), "utf8");
const weight = (name) => gzipSync(readFileSync(join(assets, name)), { level: 9 }).length;
const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const files = readdirSync(assets);
const named = [...html.matchAll(/\/assets\/([\w.-]+\.(?:js|css))/g)].map((match) => match[1]);
const scripts = files.filter((name) => name.endsWith(".js"));
const isPdfJs = (name) => PDFJS.test(name) && !name.startsWith("pdf-view");
const failures = [];

function check(what, bytes, limit) {
  console.log(`${bytes <= limit ? "ok  " : "OVER"} ${what}: ${kilo(bytes)} of ${kilo(limit)}`);
  if (bytes > limit) failures.push(what);
}

const sum = (names) => names.reduce((total, name) => total + weight(name), 0);
const first = named.filter((name) => name.endsWith(".js"));
check("first load, scripts", sum(first), FIRST_JS);
check("first load, styles", sum(files.filter((name) => name.endsWith(".css"))), FIRST_CSS);
if (first.length > FIRST_SCRIPTS) failures.push(`${first.length} scripts at the first load, of ${FIRST_SCRIPTS}`);
const lazy = scripts.filter((name) => !named.includes(name) && !isPdfJs(name));
const heaviest = lazy.toSorted((a, b) => weight(b) - weight(a))[0];
check(`heaviest lazy screen (${heaviest})`, weight(heaviest), LAZY_JS);
console.log(`     all the client without pdf.js: ${kilo(sum(scripts.filter((n) => !isPdfJs(n))))}`);

const inline = /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i.exec(html);
if (inline) failures.push(`inline code in index.html: ${inline[0]}`);
if (/https?:\/\/(?!www\.w3\.org\/2000\/svg)/.test(html)) failures.push("a third-party address");

if (failures.length) {
  console.error(`Refused: ${failures.join("; ")}`);
  process.exit(1);
}
