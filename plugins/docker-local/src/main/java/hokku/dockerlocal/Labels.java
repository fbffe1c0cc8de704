package hokku.dockerlocal;

/// What containers and networks carry, besides [hokku.api.Engine#INSTANCE_LABEL]. Labels cannot change once a container is made.
final class Labels {
    static final String ID = "hokku.id";
    static final String APP = "hokku.app";
    static final String PROCESS = "hokku.process";
    static final String INDEX = "hokku.index";
    static final String RELEASE = "hokku.release";
    static final String DEPLOY = "hokku.deploy";
    static final String KIND = "hokku.kind";
    /// The ports that are routed, so that a list of containers tells where they answer.
    static final String PORTS = "hokku.ports";

    /// Seconds between SIGTERM and SIGKILL: the client library sends ten with every stop unless it is told.
    static final String STOP_TIMEOUT = "hokku.stop-timeout";
    /// Which process of the server runs a task: it ends with that one.
    static final String SERVER = "hokku.server";

    private Labels() {}
}
