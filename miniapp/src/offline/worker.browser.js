/*
 * Opens the app without a network. The build puts FILES in front of this: the paths of everything that
 * it made. Another build is another text here, so a browser replaces the worker and its files as a whole.
 */
const PAGE = "/app/";
/** The one name that every build changes; styles may stay. */
const ENTRY = FILES.find((path) => /\/index-[\w-]+\.js$/.test(path));
const NAME = `shell ${FILES.join(" ")}`;

self.addEventListener("install", (event) => {
  event.waitUntil(keepFiles());
});
self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate" && pathname === PAGE) event.respondWith(openPage(event.request));
  else if (FILES.includes(pathname)) event.respondWith(openFile(event.request));
});

async function keepFiles() {
  const cache = await caches.open(NAME);
  const page = await fetch(PAGE, { cache: "no-store" });
  const text = await page.clone().text();
  // While servers are being replaced the page may be of another build than this worker.
  if (!page.ok || !text.includes(ENTRY)) throw new Error("another build");
  await cache.addAll(FILES);
  await cache.put(PAGE, page);
  await self.skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** Waits for no network. After each opening the page asks for a newer worker; see shell.ts. */
async function openPage(request) {
  const kept = await (await caches.open(NAME)).match(PAGE);
  return kept ?? fetch(request);
}

async function openFile(request) {
  const kept = await (await caches.open(NAME)).match(request);
  return kept ?? fetch(request);
}
