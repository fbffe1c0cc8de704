package hokku.swarm;

/// What services and networks carry, besides [hokku.api.Engine#INSTANCE_LABEL].
///
/// The containers of a service do not carry the instance's label: schedulers of single engines must not take them for their own.
final class Labels {
    static final String ID = "hokku.id";
    static final String APP = "hokku.app";
    static final String PROCESS = "hokku.process";
    static final String RELEASE = "hokku.release";
    static final String DEPLOY = "hokku.deploy";
    static final String KIND = "hokku.kind";
    /// The ports that are routed.
    static final String PORTS = "hokku.ports";
    /// The index of the service's first task among the containers of its process.
    static final String FIRST = "hokku.first";
    /// How many tasks it has when it is not stopped.
    static final String COUNT = "hokku.count";
    /// Set once all of its tasks passed their checks.
    static final String PROVEN = "hokku.proven";
    /// Which process of the server runs a one-off task: it ends with that one.
    static final String SERVER = "hokku.server";

    /// The kind of a container outside of services, by a name of its own: another scheduler of the same engine must not take it for its own.
    static final String OUTSIDE_KIND = "hokku.swarm.kind";
    /// The index of a container outside of services.
    static final String INDEX = "hokku.index";
    /// The variable whose value a secret holds.
    static final String SECRET = "hokku.secret";

    /// Seconds between SIGTERM and SIGKILL.
    static final String STOP_TIMEOUT = "hokku.stop-timeout";

    private Labels() {}
}
