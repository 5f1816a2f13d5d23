import { describe, expect, it } from "vitest";
import type { CrmPipeline } from "./crm_adapter.ts";
import {
  defaultStageMap,
  lostStages,
  stageMapOf,
  statusOfStage,
  stepTowards,
} from "./crm_stages.ts";

function pipeline(...names: readonly string[]): CrmPipeline {
  const stages = names.map((name, index) => ({
    id: `s${index}`,
    name: name.replace(/^[+-]/, ""),
    outcome: name.startsWith("+") ? "won" : name.startsWith("-") ? "lost" : "open",
  }));
  return { id: "p", name: "Продажи", stages } as unknown as CrmPipeline;
}

describe("the stages of a pipeline", () => {
  it("are found by their names", () => {
    const map = stageMapOf(
      pipeline(
        "Новая",
        "Смета отправлена",
        "Смета согласована",
        "На доработке",
        "+Успех",
        "-Отказ",
      ),
    );
    expect(map).toEqual({
      pipelineId: "p",
      stages: { submitted: "s1", approved: "s2", returned: "s3" },
    });
  });

  it("are taken by their place where no name says it", () => {
    expect(stageMapOf(pipeline("А", "Б", "В", "+Г")).stages).toEqual({
      submitted: "s1",
      approved: "s2",
      returned: null,
    });
  });

  it("are not used twice, and won or lost never on our own", () => {
    expect(stageMapOf(pipeline("А", "Б", "+Договор", "-Отказ")).stages).toEqual({
      submitted: null,
      approved: "s1",
      returned: null,
    });
    expect(stageMapOf(pipeline("+Договор")).stages).toEqual({
      submitted: null,
      approved: null,
      returned: null,
    });
  });

  it("are those of the first pipeline, and none where there is none", () => {
    expect(defaultStageMap([])).toBe(null);
    expect(defaultStageMap([pipeline("А"), { ...pipeline("Б"), id: "q" }])?.pipelineId).toBe("p");
  });

  it("are missed when they or their pipeline are gone", () => {
    const map = stageMapOf(pipeline("А", "Б", "В"));
    expect(lostStages(map, [pipeline("А", "Б", "В")])).toEqual([]);
    expect(lostStages(map, [pipeline("А", "Б")])).toEqual(["approved"]);
    expect(lostStages(map, [])).toEqual(["submitted", "approved"]);
  });
});

describe("a deal", () => {
  const map = stageMapOf(pipeline("А", "Б", "В", "+Г", "-Д"));
  const at = (stageId: string, outcome: "open" | "won" | "lost" = "open", pipelineId = "p") =>
    statusOfStage(map, { pipelineId, stageId, outcome });

  it("says by its stage what became of the estimate", () => {
    expect([at("s1"), at("s2"), at("s0"), at("s3", "won"), at("s4", "lost")]).toEqual([
      "submitted",
      "approved",
      null,
      "approved",
      null,
    ]);
    expect(at("s2", "open", "q")).toBe(null);
  });

  it("leads by one step or by none", () => {
    expect(stepTowards("draft", "submitted")).toBe("submit");
    expect(stepTowards("submitted", "approved")).toBe("approve");
    expect(stepTowards("submitted", "returned")).toBe("return");
    expect(stepTowards("draft", "approved")).toBe(null);
    expect(stepTowards("approved", "submitted")).toBe(null);
  });
});
