import type { Logger } from "pino";
import type { Actor } from "../../domain/access.ts";
import { AppError, notFound, OutageError } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import type {
  ChatStateStore,
  Person,
  Services,
  Updates,
  UpdateWork,
} from "../../domain/services.ts";
import type { JoinOutcome } from "../../domain/team.ts";
import { bufferChatState } from "../../db/chat_state.ts";
import type { Transaction } from "../../db/client.ts";
import { inTransaction } from "../../db/transactions.ts";
import { insertCompany } from "../../db/companies.ts";
import { insertMembership } from "../../db/memberships.ts";
import { type Statement, writeTogether } from "../../db/statements.ts";
import { isOutage } from "../../db/outages.ts";
import {
  countUpdateFailure,
  enterCompany,
  findCompanyOfMessage,
  giveUpUpdate,
  type OpenedUpdate,
  openUpdate,
  setActiveCompany,
  setTelegramActive,
} from "../../db/updates.ts";
import { joinByInvitation } from "./joining.ts";
import { createServices } from "./services.ts";
import { scopeFor, type WorkDependencies, type Woken } from "./work.ts";

/** After so many failures an update is given up: Telegram would repeat it for 24 hours. */
const MAX_FAILURES = 3;

export type UpdatesDependencies = WorkDependencies & {
  readonly log: Logger;
  /** Hears after the commit of every company that was founded. */
  readonly onCompany?: (owner: Actor) => void;
};

/** The door of the chat: one update is one transaction. */
export function createUpdates(dependencies: UpdatesDependencies): Updates {
  const { sql, newId, log } = dependencies;
  return {
    run: async (update, work) => {
      const woken = new Set<Woken>();
      let written: Promise<unknown> = Promise.resolve();
      let founded: Actor | null = null;
      let companyId: Id | undefined;
      const handle = async (tx: Transaction): Promise<"done" | "repeat"> => {
        const opened = await openUpdate(tx, { ...update, newUserId: newId() });
        if (opened.isRepeat) return "repeat";
        const chatState = bufferChatState(opened.chatStates);
        const openedWork = new OpenedWork(dependencies, tx, opened, woken, chatState);
        await work(openedWork);
        ({ founded } = openedWork);
        companyId = openedWork.companyId();
        // On its way, so that it travels with the commit.
        written = writeTogether(tx, [...openedWork.late(), ...(await chatState.changes())]);
        // Whoever awaits `written` hears of it, unless something else fails first.
        written.catch(() => undefined);
        return "done";
      };
      const outcome = await inTransaction(sql, handle).catch(nameOutage);
      // Had the last write failed, the commit behind it would have rolled everything back.
      await written;
      if (companyId !== undefined) dependencies.noteWrite?.(companyId);
      dependencies.onCommitted(woken);
      if (founded) dependencies.onCompany?.(founded);
      return outcome;
    },
    recordFailure: async ({ botId, updateId, error }) => {
      const attempts = await countUpdateFailure(sql, { botId, updateId, error });
      log.error({ updateId, attempts }, "update failed");
      if (attempts < MAX_FAILURES) return false;
      await giveUpUpdate(sql, botId, updateId);
      return true;
    },
  };
}

function nameOutage(error: unknown): never {
  throw isOutage(error) ? new OutageError(error) : error;
}

class OpenedWork implements UpdateWork {
  readonly person: Person | null;
  readonly chatState: ChatStateStore;
  /** The owner of a company that this update made. */
  founded: Actor | null = null;
  readonly #dependencies: WorkDependencies;
  readonly #tx: Transaction;
  readonly #woken: Set<Woken>;
  readonly #hadContracts: boolean;
  readonly #late: (() => Statement)[] = [];
  #actor: Actor | null;
  #services: Services | null = null;

  constructor(
    dependencies: WorkDependencies,
    tx: Transaction,
    { person, hasContracts }: Pick<OpenedUpdate, "person" | "hasContracts">,
    woken: Set<Woken>,
    chatState: ChatStateStore,
  ) {
    this.#dependencies = dependencies;
    this.#tx = tx;
    this.#woken = woken;
    this.#actor = person?.actor ?? null;
    this.person = person;
    this.#hadContracts = hasContracts;
    this.chatState = chatState;
  }

  /** The company that the work was for in the end. */
  companyId(): Id | undefined {
    return this.#actor?.companyId;
  }

  services(): Services {
    if (!this.#actor) throw new AppError("forbidden", "Сначала создайте компанию: нажмите /start.");
    this.#services ??= createServices({
      ...scopeFor(this.#dependencies, this.#tx, this.#actor, this.#woken),
      writeLate: (write) => void this.#late.push(write),
    });
    return this.#services;
  }

  /** What could wait for the commit, and travels in its packet. */
  late(): Statement[] {
    return this.#late.map((write) => write());
  }

  async hasContracts(): Promise<boolean> {
    if (this.#actor === this.person?.actor) return this.#hadContracts;
    const [contract] = await this.services().extras.openContracts(1);
    return contract !== undefined;
  }

  async createCompany(name: string | null): Promise<void> {
    const { person } = this;
    if (!person) throw new AppError("forbidden", "Это действие доступно только человеку.");
    const companyId = this.#dependencies.newId();
    await enterCompany(this.#tx, companyId);
    await insertCompany(this.#tx, companyId, { name: name ?? `Бригада: ${person.name}` });
    await insertMembership(this.#tx, companyId, { userId: person.userId, role: "owner" });
    this.founded = { companyId, userId: person.userId, role: "owner" };
    await this.#workFor(person.telegramId, this.founded);
  }

  async joinCompany(token: string): Promise<JoinOutcome> {
    const { person } = this;
    if (!person) throw new AppError("forbidden", "Это действие доступно только человеку.");
    const { userId, telegramId } = person;
    const now = this.#dependencies.clock();
    const joined = await joinByInvitation(this.#tx, { userId, actor: this.#actor }, token, now);
    if (joined.outcome === "joined" || joined.outcome === "already_member") {
      await this.#workFor(telegramId, { companyId: joined.companyId, userId, role: joined.role });
    }
    return joined;
  }

  async switchCompany(companyId: Id): Promise<void> {
    const { person } = this;
    const membership = person?.memberships.find((known) => known.companyId === companyId);
    if (!person || !membership) throw notFound("Компания");
    await enterCompany(this.#tx, companyId);
    const { userId, telegramId } = person;
    await this.#workFor(telegramId, { companyId, userId, role: membership.role });
  }

  async followMessage(messageId: number): Promise<Person["memberships"][number] | null> {
    const { person } = this;
    // Most people have one company, and nothing to look for.
    if (!person || person.memberships.length < 2) return null;
    const found = await findCompanyOfMessage(this.#tx, person.telegramId, messageId);
    const company = person.memberships.find(({ companyId }) => companyId === found);
    if (!company || company.companyId === this.#actor?.companyId) return null;
    await this.switchCompany(company.companyId);
    return company;
  }

  /** The transaction is in the company already; from now on the person is, too. */
  async #workFor(telegramId: number, actor: Actor): Promise<void> {
    await setActiveCompany(this.#tx, telegramId, actor.companyId);
    this.#actor = actor;
    this.#services = null;
  }

  async setReachable(isReachable: boolean): Promise<void> {
    if (this.person) await setTelegramActive(this.#tx, this.person.telegramId, isReachable);
  }
}
