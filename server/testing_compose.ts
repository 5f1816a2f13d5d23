/**
 * The keys that the Compose Specification knows at the places that docker-compose.yml uses; from
 * https://github.com/compose-spec/compose-spec/blob/170098ba07d9f53c383a41bfd4c5166b0a4529a6/schema/compose-spec.json.
 * `*`: names that people choose.
 */
type Keys = { readonly [key: string]: Keys | null };

const leaf = (names: string): Keys =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, null]));

const HEALTH = leaf("disable interval retries test timeout start_period start_interval");
const BUILD = leaf(
  `context dockerfile dockerfile_inline entitlements args ssh labels cache_from cache_to no_cache
  additional_contexts network provenance sbom pull target shm_size extra_hosts isolation privileged secrets tags
  ulimits platforms`,
);
const NETWORK_OF_SERVICE = leaf(
  "aliases interface_name ipv4_address ipv6_address link_local_ips mac_address driver_opts priority gw_priority",
);
const ANY: Keys = { "*": null };

const SERVICE: Keys = {
  ...leaf(
    `develop annotations attach blkio_config cap_add cap_drop cgroup cgroup_parent command configs
    container_name cpu_count cpu_percent cpu_shares cpu_quota cpu_period cpu_rt_period cpu_rt_runtime cpus cpuset
    credential_spec device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file label_file
    expose extends provider external_links extra_hosts gpus group_add hostname image init ipc isolation links
    mac_address mem_limit mem_reservation mem_swappiness memswap_limit network_mode models oom_kill_disable
    oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles pull_policy
    pull_refresh_after read_only restart runtime scale security_opt shm_size secrets stdin_open stop_grace_period
    stop_signal storage_opt tmpfs tty ulimits use_api_socket user uts userns_mode volumes volumes_from
    working_dir`,
  ),
  build: BUILD,
  depends_on: { "*": leaf("restart required condition") },
  deploy: leaf(
    "mode endpoint_mode replicas labels rollback_config update_config resources restart_policy placement",
  ),
  environment: ANY,
  healthcheck: HEALTH,
  labels: ANY,
  logging: { driver: null, options: ANY },
  networks: { "*": NETWORK_OF_SERVICE },
  sysctls: ANY,
};

const FILE: Keys = {
  ...leaf("version name include models secrets configs"),
  services: { "*": SERVICE },
  networks: {
    "*": leaf(
      "name driver driver_opts ipam external internal enable_ipv4 enable_ipv6 attachable labels",
    ),
  },
  volumes: { "*": leaf("name driver driver_opts external labels") },
};

/** Paths of keys that the specification does not know: "services.web.helthcheck". `file`: parsed, merged. */
export function findUnknownKeys(file: unknown, keys: Keys = FILE, path = ""): string[] {
  if (typeof file !== "object" || file === null || Array.isArray(file)) return [];
  return Object.entries(file).flatMap(([name, value]) => {
    const place = path === "" ? name : `${path}.${name}`;
    // Extensions, which the specification leaves to everybody; what is merged from them is checked there.
    if (name.startsWith("x-")) return [];
    const below = Object.hasOwn(keys, name) ? keys[name] : keys["*"];
    if (below === undefined) return [place];
    return below === null ? [] : findUnknownKeys(value, below, place);
  });
}
