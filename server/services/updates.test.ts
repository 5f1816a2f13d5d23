import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OutageError } from "../../domain/errors.ts";
import type { TelegramSender } from "../../domain/services.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let nextId = 1;

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(async () => {
  await work.close();
});

function sender(id: number, firstName = "Алексей"): TelegramSender {
  return { id, username: `user${id}`, firstName, lastName: null, languageCode: "ru" };
}

function update(chatId: number, updateId = nextId++) {
  return { botId: 1, updateId, chatId, sender: sender(chatId) };
}

async function countClients(name: string): Promise<number> {
  const [row] = await work.database.sql`
    select count(*)::int as count from clients where name = ${name}
  `;
  return Number(row?.["count"]);
}

const CLIENT = {
  name: "",
  kind: "person" as const,
  phones: [],
  emails: [],
  inn: "",
  address: "",
  note: "",
};

async function found(chatId: number): Promise<void> {
  await work.updates.run(update(chatId), (opened) => opened.createCompany("Ромашка"));
}

describe("an update", () => {
  it("finds the person, founds a company and knows it from then on", async () => {
    await work.updates.run(update(100), async (opened) => {
      expect(opened.person).toMatchObject({ telegramId: 100, name: "Алексей", actor: null });
      expect(() => opened.services()).toThrow("Сначала создайте компанию");
      await opened.createCompany("Ромашка");
      expect(await opened.services().company.get()).toMatchObject({ name: "Ромашка" });
    });
    await work.updates.run(update(100), async (opened) => {
      expect(opened.person?.actor).toMatchObject({ role: "owner" });
      expect(opened.person?.memberships).toMatchObject([{ companyName: "Ромашка" }]);
    });
  });

  it("delivered twice one after another has one effect", async () => {
    await found(101);
    const once = update(101);
    const add = () =>
      work.updates.run(once, async (opened) => {
        await opened.services().clients.create({ ...CLIENT, name: "Один раз" });
      });
    expect([await add(), await add()]).toEqual(["done", "repeat"]);
    expect(await countClients("Один раз")).toBe(1);
  });

  it("delivered twice at the same time has one effect", async () => {
    await found(102);
    const once = update(102);
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () =>
        work.updates.run(once, async (opened) => {
          await opened.services().clients.create({ ...CLIENT, name: "Сразу пять" });
        }),
      ),
    );
    expect(outcomes.sort()).toEqual(["done", "repeat", "repeat", "repeat", "repeat"]);
    expect(await countClients("Сразу пять")).toBe(1);
  });

  it("never overlaps another one of the same chat", async () => {
    await found(103);
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 6 }, () =>
        work.updates.run(update(103), async (opened) => {
          running += 1;
          most = Math.max(most, running);
          const before = Number((await opened.chatState.read("103")) ?? 0);
          await opened.services().company.today();
          await opened.chatState.write("103", before + 1);
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    await work.updates.run(update(103), async (opened) => {
      expect(await opened.chatState.read("103")).toBe(6);
    });
  });

  it("that fails leaves nothing: no rows, no state, no trace, and works when it comes again", async () => {
    await found(104);
    const failing = update(104);
    const attempt = (crash: boolean) =>
      work.updates.run(failing, async (opened) => {
        await opened.services().clients.create({ ...CLIENT, name: "После сбоя" });
        await opened.chatState.write("104", { step: 1 });
        if (crash) throw new Error("crash before the commit");
      });
    await expect(attempt(true)).rejects.toThrow("crash before the commit");
    expect(await countClients("После сбоя")).toBe(0);
    await work.updates.run(update(104), async (opened) => {
      expect(await opened.chatState.read("104")).toBeUndefined();
    });
    expect(await attempt(false)).toBe("done");
    expect(await countClients("После сбоя")).toBe(1);
  });

  it("keeps, changes and removes the chat's state through storage-psql", async () => {
    await found(105);
    const state = { version: [0, "1"], state: { ask: [] }, text: "ё 'кавычки' 😀" };
    await work.updates.run(update(105), (opened) => opened.chatState.write("105", state));
    await work.updates.run(update(105), async (opened) => {
      expect(await opened.chatState.read("105")).toEqual(state);
      await opened.chatState.delete("105");
      expect(await opened.chatState.read("105")).toBeUndefined();
    });
    const rows = await work.database.sql`select key from chat_state where key = '105'`;
    expect(rows).toHaveLength(0);
  });

  it("whose last words can't be stored leaves nothing of the rest either", async () => {
    await found(112);
    const failing = work.updates.run(update(112), async (opened) => {
      await opened.services().clients.create({ ...CLIENT, name: "С невозможным состоянием" });
      await opened.chatState.write("112", { text: "\u0000 is not for jsonb" });
    });
    await expect(failing).rejects.toThrow("unsupported Unicode escape");
    expect(await countClients("С невозможным состоянием")).toBe(0);
  });

  it("remembers small things of a chat beside its question, and of no other chat", async () => {
    await found(113);
    await work.updates.run(update(113), async (opened) => {
      await opened.chatState.write("113:card", { messageId: 7 });
      await opened.chatState.write("1130:card", { messageId: 8 });
    });
    await work.updates.run(update(113), async (opened) => {
      expect(await opened.chatState.read("113:card")).toEqual({ messageId: 7 });
      expect(await opened.chatState.read("1130:card")).toBeUndefined();
      expect(await opened.chatState.read("113")).toBeUndefined();
    });
  });

  it("shows the question that a chat waits at in one query", async () => {
    await found(106);
    const replay = {
      send: [{ payload: "sendMessage" }, { payload: "project.title" }],
      receive: [],
    };
    const state = {
      version: [0, "1"],
      state: { newProject: [{ args: "[]", interrupts: [1], replay }] },
    };
    await work.updates.run(update(106), (opened) => opened.chatState.write("106", state));
    const rows = await work.database.sql`
      select key from chat_state where steps @> '{"newProject": "project.title"}'
    `;
    expect(rows.map((row) => row["key"])).toEqual(["106"]);
  });

  it("without a sender and a chat still counts once", async () => {
    const anonymous = { botId: 1, updateId: nextId++, chatId: null, sender: null };
    const run = () => work.updates.run(anonymous, async ({ person }) => expect(person).toBeNull());
    expect([await run(), await run()]).toEqual(["done", "repeat"]);
  });

  it("keeps the updates of two bots apart", async () => {
    const shared = update(107);
    const outcomes = [
      await work.updates.run(shared, async () => undefined),
      await work.updates.run({ ...shared, botId: 2 }, async () => undefined),
    ];
    expect(outcomes).toEqual(["done", "done"]);
  });

  it("is given up after three failures, and then counts as seen", async () => {
    const poison = update(108);
    const failures = [];
    for (let index = 0; index < 3; index += 1) {
      failures.push(await work.updates.recordFailure({ ...poison, error: "boom" }));
    }
    expect(failures).toEqual([false, false, true]);
    expect(await work.updates.run(poison, async () => undefined)).toBe("repeat");
  });

  it("whose connection is cut leaves nothing, says that it was an outage, and goes through later", async () => {
    await found(111);
    const unlucky = update(111);
    const name = "Клиент обрыва";
    const cut = work.updates.run(unlucky, async (opened) => {
      await opened.services().clients.create({ ...CLIENT, name });
      await work.database.sql`
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction'
      `;
      await opened.services().clients.create({ ...CLIENT, name });
    });
    await expect(cut).rejects.toThrow(OutageError);
    expect(await countClients(name)).toBe(0);
    const again = work.updates.run(unlucky, async (opened) => {
      await opened.services().clients.create({ ...CLIENT, name });
    });
    expect(await again).toBe("done");
    expect(await countClients(name)).toBe(1);
  });

  it("marks who blocked the bot, and any later message revives them", async () => {
    await found(109);
    const isActive = async () => {
      const [row] = await work.database.sql`
        select is_active from telegram_users where telegram_id = 109
      `;
      return row?.["is_active"];
    };
    await work.updates.run(update(109), (opened) => opened.setReachable(false));
    expect(await isActive()).toBe(false);
    await work.updates.run(update(109), async () => undefined);
    expect(await isActive()).toBe(true);
  });

  it("of a person removed from a company finds no company", async () => {
    await found(110);
    await work.database.sql`
      update memberships set removed_at = now()
      where user_id = (select user_id from telegram_users where telegram_id = 110)
    `;
    await work.updates.run(update(110), async (opened) => {
      expect(opened.person?.actor).toBeNull();
      expect(() => opened.services()).toThrow("Сначала создайте компанию");
    });
  });

  it("follows a changed name of the person", async () => {
    await found(111);
    await work.updates.run({ ...update(111), sender: sender(111, "Лёша") }, async () => undefined);
    const rows = await work.database.sql`
      select first_name from telegram_users where telegram_id = 111
    `;
    expect(rows).toMatchObject([{ first_name: "Лёша" }]);
  });

  it("keeps a list with the columns that it got in the same update", async () => {
    await found(112);
    const mapping = { name: 0, unit: 1, quantity: 2, price: 3, sum: null, code: null, skipRows: 1 };
    let id = "";
    await work.updates.run(update(112), async (opened) => {
      const { lists } = opened.services();
      id = await lists.keep({ text: "а\tб", fileName: null, mapping: null });
      await lists.setMapping(id, mapping);
    });
    await work.updates.run(update(112), async (opened) => {
      expect(await opened.services().lists.read(id)).toMatchObject({ text: "а\tб", mapping });
    });
  });

  it("that fails behind a kept list leaves no list", async () => {
    await found(113);
    let id = "";
    const failing = work.updates.run(update(113), async (opened) => {
      id = await opened.services().lists.keep({ text: "а", fileName: null, mapping: null });
      throw new Error("no answer");
    });
    await expect(failing).rejects.toThrow("no answer");
    await work.updates.run(update(113), async (opened) => {
      await expect(opened.services().lists.read(id)).rejects.toMatchObject({ code: "not_found" });
    });
  });

  it("knows from the beginning whether there are contracts, as the service of extra work does", async () => {
    await found(114);
    const told = async (chatId: number): Promise<boolean> => {
      let hasContracts = false;
      await work.updates.run(update(chatId), async (opened) => {
        hasContracts = await opened.hasContracts();
        const contracts = await opened.services().extras.openContracts(1);
        expect(contracts.length > 0).toBe(hasContracts);
      });
      return hasContracts;
    };
    expect(await told(114)).toBe(false);
    let approved = "";
    await work.updates.run(update(114), async (opened) => {
      const { id } = await opened.services().estimates.create({ projectId: null, title: "Кухня" });
      approved = id;
    });
    await work.database.sql`update estimates set status = 'approved' where id = ${approved}`;
    expect(await told(114)).toBe(true);

    await work.updates.run(update(115), async () => undefined);
    await work.database.sql`
      insert into memberships (company_id, user_id, role)
      select company_id, (select user_id from telegram_users where telegram_id = 115), 'foreman'
      from estimates where id = ${approved}
    `;
    expect(await told(115)).toBe(false);
    await work.database.sql`
      update estimates
      set foreman_id = (select user_id from telegram_users where telegram_id = 115)
      where id = ${approved}
    `;
    expect(await told(115)).toBe(true);
  });
});
