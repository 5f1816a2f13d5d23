import { expect } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { AgreementService, Revision } from "../../domain/agreement.ts";
import type { EstimateStatus } from "../../domain/estimate/status.ts";
import type { Id } from "../../domain/ids.ts";
import type { TestWork } from "../testing.ts";
import { newEstimate, submit, type TestPeople } from "./testing_agreement.ts";

/**
 * Steps of people on estimates, for tests of agreeing.
 * @param make makes a draft of the foreman
 */
export function createSteps(
  work: TestWork,
  people: TestPeople,
  make: () => Promise<Id> = async () => (await newEstimate(work, people.foreman)).id,
) {
  const as = <Result>(
    actor: Actor,
    act: (agreement: AgreementService) => Promise<Result>,
  ): Promise<Result> => work.asActor(actor, ({ agreement }) => act(agreement));

  const cardOf = (id: Id) => work.asActor(people.owner, ({ estimates }) => estimates.card(id));

  /** An estimate of the foreman in a status, with its last revision. */
  const estimateIn = async (status: EstimateStatus): Promise<{ id: Id; revision: Revision }> => {
    const { foreman, manager } = people;
    const id = await make();
    const revision = await submit(work, foreman, id);
    const reference = { revisionId: revision.id };
    if (status === "draft") await as(foreman, (agreement) => agreement.withdraw(reference));
    if (status === "returned") {
      await as(manager, (agreement) =>
        agreement.giveBack(reference, { channel: "chat", reason: "Дорого" }),
      );
    }
    if (status === "approved" || status === "archived") {
      await as(manager, (agreement) => agreement.approve(reference, { channel: "chat" }));
    }
    if (status === "archived") await as(foreman, (agreement) => agreement.archive(id));
    expect((await cardOf(id)).status).toBe(status);
    return { id, revision };
  };

  const steps = {
    submit: (actor: Actor, id: Id) =>
      as(actor, (agreement) => agreement.submit(id, { audience: "manager", acceptWarnings: true })),
    approve: (actor: Actor, _: Id, revision: Revision) =>
      as(actor, (agreement) => agreement.approve({ revisionId: revision.id }, { channel: "chat" })),
    return: (actor: Actor, _: Id, revision: Revision) =>
      as(actor, (agreement) =>
        agreement.giveBack({ revisionId: revision.id }, { channel: "chat", reason: "Дорого" }),
      ),
    withdraw: (actor: Actor, _: Id, revision: Revision) =>
      as(actor, (agreement) => agreement.withdraw({ revisionId: revision.id })),
    revise: (actor: Actor, _: Id, revision: Revision) =>
      as(actor, (agreement) => agreement.revise({ revisionId: revision.id })),
    archive: (actor: Actor, id: Id) => as(actor, (agreement) => agreement.archive(id)),
  };

  return { as, cardOf, estimateIn, steps };
}

export type Steps = ReturnType<typeof createSteps>;
