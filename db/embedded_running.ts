import { clusterOwner, hasCluster, readClusterAccess } from "./embedded_cluster.ts";
import { findBinaries } from "./embedded_binaries.ts";
import { readClusterLocation } from "./embedded_location.ts";
import { findRunningServer } from "./embedded_server.ts";
import { findServerUser } from "./embedded_user.ts";

/**
 * Address of the database that a running program keeps in `dataDir`, for commands beside it. Null:
 * none runs. Holds the password.
 */
export async function findRunningDatabase(dataDir: string): Promise<string | null> {
  const cluster = await readClusterLocation(dataDir);
  const binaries = await findBinaries(await findServerUser(cluster));
  if (!(await hasCluster(cluster, binaries))) return null;
  const running = await findRunningServer(cluster);
  if (running === null) return null;
  const { password } = await readClusterAccess(cluster);
  return `postgres://${clusterOwner}:${password}@127.0.0.1:${running.port}/smetka`;
}
