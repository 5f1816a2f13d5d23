type Data = Record<string, unknown>;
type Send = (eventType: string, eventData: unknown) => void;

/**
 * CloudStorage (`web_app_invoke_custom_method`) and DeviceStorage, kept in this browser per person.
 * Returns false for other events.
 */
export function answerStorage(personId: number, event: string, data: Data, send: Send): boolean {
  if (event === "web_app_invoke_custom_method") {
    send("custom_method_invoked", { req_id: data["req_id"], ...runCloud(personId, data) });
    return true;
  }
  const device = /^web_app_(device|secure)_storage_(save_key|get_key|clear)$/.exec(event);
  if (device === null) return false;
  const [, kind = "", action = ""] = device;
  const storage = createStorage(`${kind}:${personId}`);
  const key = textOf(data["key"]);
  const answer = { req_id: data["req_id"] };
  if (action === "get_key") {
    send(`${kind}_storage_key_received`, { ...answer, value: storage.get(key) });
  } else if (action === "save_key") {
    storage.set(key, typeof data["value"] === "string" ? data["value"] : null);
    send(`${kind}_storage_key_saved`, answer);
  } else {
    for (const name of storage.names()) storage.set(name, null);
    send(`${kind}_storage_cleared`, answer);
  }
  return true;
}

function runCloud(personId: number, data: Data): { result: unknown } | { error: string } {
  const storage = createStorage(`cloud:${personId}`);
  const parameters = (data["params"] ?? {}) as Data;
  switch (data["method"]) {
    case "saveStorageValue":
      storage.set(textOf(parameters["key"]), textOf(parameters["value"]));
      return { result: true };
    case "getStorageValues": {
      const keys = Array.isArray(parameters["keys"]) ? parameters["keys"].map(textOf) : [];
      return { result: Object.fromEntries(keys.map((key) => [key, storage.get(key) ?? ""])) };
    }
    case "deleteStorageValues": {
      const keys = Array.isArray(parameters["keys"]) ? parameters["keys"].map(textOf) : [];
      for (const key of keys) storage.set(key, null);
      return { result: true };
    }
    case "getStorageKeys":
      return { result: storage.names() };
    default:
      return { error: "UNKNOWN_METHOD" };
  }
}

function createStorage(owner: string) {
  const prefix = `simulator:${owner}:`;
  return {
    get: (key: string) => localStorage.getItem(prefix + key),
    set(key: string, value: string | null) {
      if (value === null) localStorage.removeItem(prefix + key);
      else localStorage.setItem(prefix + key, value);
    },
    names: () =>
      Object.keys(localStorage)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length)),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
