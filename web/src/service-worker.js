/**
 * Keeps the application's own files so that it opens without network; never an answer of the API.
 * VERSION and SHELL are written by the build.
 */
const CACHE = `carnet-${"VERSION"}`;
const SHELL = ["SHELL"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(["/", ...SHELL])));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOldShells());
});

async function forgetOldShells() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("carnet-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** A page: from the network, and the kept shell when there is none. */
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match("/")) ?? Response.error();
  }
}

/** A file named by its content: from the cache first. */
async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, answer.clone());
  }
  return answer;
}

const NEVER_KEPT = /^\/(?:v1|oauth|fhir|problems|openapi\.json|health)(?:\/|$)/;

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || NEVER_KEPT.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(file(request));
  else if (SHELL.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
