/**
 * Keeps the app's own files for an opening without a network, where the web view can (iOS can't). A page
 * of an older build than the newest worker gives way at once, but never under somebody's fingers; own
 * changes are on the device by then.
 */
export function keepShell(): void {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener("controllerchange", () => void giveWay());
  const keep = async () => {
    const options = { scope: "/app/", updateViaCache: "none" } as const;
    const registration = await serviceWorker.register("/app/worker.js", options);
    window.addEventListener("online", () => void update(registration));
    if (!serviceWorker.controller) return;
    // The browser itself may have brought a newer worker before anybody here listened.
    await giveWay();
    // Or it asks when it sees fit, which may be the next opening only.
    await update(registration);
  };
  // Private windows refuse; the app then needs the network, as before.
  keep().catch(() => undefined);
}

async function update(registration: ServiceWorkerRegistration): Promise<void> {
  // Not reached: the next opening asks again.
  await registration.update().catch(() => undefined);
}

async function giveWay(): Promise<void> {
  await isInPlace(navigator.serviceWorker.controller);
  const page = await caches.match("/app/");
  const own = document.querySelector("script[type=module]")?.getAttribute("src");
  if (!page || !own || (await page.text()).includes(own)) return;
  await untilNobodyTypes();
  window.location.reload();
}

/** The worker takes the windows over first, and throws the old files away then. */
async function isInPlace(worker: ServiceWorker | null): Promise<void> {
  if (worker?.state !== "activating") return;
  await new Promise((resolve) => {
    worker.addEventListener("statechange", resolve, { once: true });
  });
}

async function untilNobodyTypes(): Promise<void> {
  while (document.activeElement?.matches("input, textarea")) {
    await new Promise((resolve) => {
      document.activeElement?.addEventListener("blur", resolve, { once: true });
    });
    // The next cell has the focus a moment later.
    await new Promise((resolve) => {
      setTimeout(resolve, 1000);
    });
  }
}
