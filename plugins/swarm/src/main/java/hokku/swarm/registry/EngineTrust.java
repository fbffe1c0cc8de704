package hokku.swarm.registry;

import hokku.api.Engine;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/// Lets engines trust the certificate of a registry: they look for it in a folder of their machine, anew at every use.
final class EngineTrust {
    private static final String FOLDER = "/etc/docker";
    private static final String INSIDE = "/trust";
    private static final int PUBLIC = 0644;

    private EngineTrust() {}

    /// A line for the shell of root of a node.
    ///
    /// @param authority a certificate in PEM
    static String command(RegistryServer server, String authority) {
        String folder = FOLDER + "/certs.d/" + server;
        String encoded = Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.US_ASCII));
        return "mkdir -p '%s' && echo %s | base64 -d > '%s/ca.crt'".formatted(folder, encoded, folder);
    }

    /// Puts the certificate on the machine of the server's own engine. Hokku may not write there, its engine may: into the folder, as part of a
    /// container that is never started.
    ///
    /// @param image whichever the engine has
    static void give(Engine engine, String image, RegistryServer server, String authority) throws java.io.IOException {
        give(engine, image, FOLDER, server, authority);
    }

    static void give(Engine engine, String image, String folder, RegistryServer server, String authority) throws java.io.IOException {
        String container = engine.client().createContainerCmd(image).withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance()))
                .withHostConfig(com.github.dockerjava.api.model.HostConfig.newHostConfig()
                        .withBinds(com.github.dockerjava.api.model.Bind.parse(folder + ":" + INSIDE))).exec().getId();
        try (InputStream files = new SmallArchive().folder("certs.d").folder("certs.d/" + server)
                .file("certs.d/" + server + "/ca.crt", PUBLIC, authority).open()) {
            engine.client().copyArchiveToContainerCmd(container).withRemotePath(INSIDE).withTarInputStream(files).exec();
        } finally {
            engine.client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
        }
    }
}
