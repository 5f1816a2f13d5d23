import { expect, test } from "vitest";
import { parseTelegramLink } from "./links.ts";

test.each([
  ["https://t.me/smetka_bot?start=e_1", "smetka_bot", "start=e_1"],
  ["t.me/smetka_bot/app?startapp=e_1", "smetka_bot/app", "startapp=e_1"],
  ["https://telegram.me/smetka_bot/", "smetka_bot", ""],
  ["tg://resolve?domain=smetka_bot&start=x", "smetka_bot", "domain=smetka_bot&start=x"],
  ["https://t.me/share/url?url=a&text=b", "share/url", "url=a&text=b"],
  ["tg://msg_url?url=a", "share/url", "url=a"],
])("%s leads into Telegram", (link, path, query) => {
  const parsed = parseTelegramLink(link);
  expect(parsed?.path).toBe(path);
  expect(parsed?.parameters.toString()).toBe(query);
});

test.each(["https://example.com/t.me/x", "https://not-t.me/x", "mailto:a@t.me"])(
  "%s leads out of it",
  (link) => {
    expect(parseTelegramLink(link)).toBeNull();
  },
);
