// The service worker of /puerta/: it keeps the application's files, so that the door opens without a connection. The
// server writes the list of files, SHELL, before this. What is asked of people is never kept here.
const PREFIX = "tinkuy-door-";
const shell = self.SHELL;

/** Another list of files is another cache. */
async function cacheName() {
  const bytes = new TextEncoder().encode(shell.join());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return PREFIX + Array.from(digest.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function keep() {
  const cache = await caches.open(await cacheName());
  await cache.addAll(shell.map((address) => new Request(address, { cache: "reload", credentials: "omit" })));
  await self.skipWaiting();
}

async function tidy() {
  const name = await cacheName();
  const old = (await caches.keys()).filter((other) => other.startsWith(PREFIX) && other !== name);
  await Promise.all(old.map((other) => caches.delete(other)));
  await self.clients.claim();
}

/** What is kept goes before the line; a new version of the worker brings new files. */
async function answer(request) {
  const cache = await caches.open(await cacheName());
  if (request.mode === "navigate") return (await cache.match(shell[0])) ?? fetch(request);
  // The styles name the font by a version of their own.
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || pathname.endsWith("/sw.js")) return;
  event.respondWith(answer(request));
});
