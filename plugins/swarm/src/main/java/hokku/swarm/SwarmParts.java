package hokku.swarm;

import hokku.containers.MergedLogs;
import hokku.swarm.registry.Publisher;

/// What a start works with.
record SwarmParts(SwarmEngine engine, Cluster cluster, Services services, SwarmNetworks networks, Publisher publisher, MergedLogs logs) {}
