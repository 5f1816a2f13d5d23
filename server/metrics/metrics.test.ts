import { describe, expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";
import { createTestMetrics } from "./testing.ts";

describe("metrics", () => {
  it("count work by name and outcome, and pass failures on", async () => {
    const metrics = createTestMetrics();
    await metrics.measure({ kind: "job", name: "crm.sync" }, async () => 1);
    const failing = metrics.measure({ kind: "job", name: "crm.sync" }, async () => {
      throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    metrics.note({ kind: "crm_call", name: "amocrm", outcome: "failed", seconds: 0.2 });
    const text = await metrics.text();
    expect(text).toContain('smetka_job_seconds_count{name="crm.sync",outcome="done"} 1');
    expect(text).toContain('smetka_job_seconds_count{name="crm.sync",outcome="failed"} 1');
    expect(text).toContain('smetka_crm_call_seconds_count{name="amocrm",outcome="failed"} 1');
    expect(text).toContain("smetka_nodejs_eventloop_lag_p99_seconds");
  });

  it("read gauges anew at each scrape", async () => {
    const metrics = createTestMetrics();
    let connections = 3;
    metrics.gauge("live_connections", "Open sockets", () => connections);
    expect(await metrics.text()).toContain("smetka_live_connections 3");
    connections = 2;
    expect(await metrics.text()).toContain("smetka_live_connections 2");
  });

  it("are served while the database is down, and say so", async () => {
    const metrics = createMetrics(() => Promise.reject(new Error("down")));
    const text = await metrics.text();
    expect(text).toContain("smetka_database_up 0");
    expect(text).toContain("smetka_database_failures_total 1");
  });

  it("show what waits in the database", async () => {
    const metrics = createMetrics(async () => ({
      queues: [{ queue: "crm.push", state: "created", jobs: 7, oldest: 12.5 }],
      notifications: { waiting: 4, oldest: 3 },
      connections: [{ name: "smetka", state: "active", count: 2 }],
      telegramPause: 17,
      stoppedCrms: 1,
      crmConnections: [{ name: "amocrm", state: "stopped", count: 1 }],
      crmLimits: [
        { name: "amocrm", accounts: 3, paused: 1, blocked: 0, pause: 9, budget: -2, perSecond: 5 },
      ],
    }));
    const text = await metrics.text();
    expect(text).toContain('smetka_jobs{queue="crm.push",state="created"} 7');
    expect(text).toContain('smetka_job_age_seconds{queue="crm.push",state="created"} 12.5');
    expect(text).toContain("smetka_notifications_waiting 4");
    expect(text).toContain("smetka_telegram_pause_seconds 17");
    expect(text).toContain('smetka_database_connections{name="smetka",state="active"} 2');
    expect(text).toContain("smetka_crm_stopped 1");
    expect(text).toContain('smetka_crm_connections{name="amocrm",state="stopped"} 1');
    expect(text).toContain('smetka_crm_accounts{name="amocrm"} 3');
    expect(text).toContain('smetka_crm_paused{name="amocrm"} 1');
    expect(text).toContain('smetka_crm_blocked{name="amocrm"} 0');
    expect(text).toContain('smetka_crm_pause_seconds{name="amocrm"} 9');
    expect(text).toContain('smetka_crm_budget_requests{name="amocrm"} -2');
    expect(text).toContain('smetka_crm_pace_requests{name="amocrm"} 5');
  });
});
