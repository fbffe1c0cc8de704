package hokku.swarm;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerSpecFile;
import com.github.dockerjava.api.model.ContainerSpecSecret;
import com.github.dockerjava.api.model.Secret;
import com.github.dockerjava.api.model.SecretSpec;
import com.github.dockerjava.api.model.Service;
import com.github.dockerjava.api.model.ServiceSpec;
import hokku.api.Engine;
import hokku.api.EnvKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The secrets of services: each belongs to one service, and goes with it.
final class Secrets {
    private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);
    private static final long READ_BY_ALL = 0444;

    private final SwarmEngine engine;

    Secrets(SwarmEngine engine) {
        this.engine = engine;
    }

    /// Makes a secret of each file, and lets the service have them.
    ///
    /// @return the ids of what was made
    List<String> attach(ServiceSpec service, SecretFiles files) {
        List<ContainerSpecSecret> made = new ArrayList<>();
        try {
            files.values().asMap().forEach((key, value) -> made.add(create(files, key, value)));
        } catch (DockerException failed) {
            remove(made.stream().map(ContainerSpecSecret::getSecretId).toList());
            throw SwarmEngine.translated("The secret files of " + files.spec().app() + " cannot be made", failed);
        }
        if (!made.isEmpty()) {
            service.getTaskTemplate().getContainerSpec().withSecrets(made);
        }
        return made.stream().map(ContainerSpecSecret::getSecretId).toList();
    }

    private ContainerSpecSecret create(SecretFiles files, EnvKey key, String value) {
        String name = "hokku-" + files.spec().id() + "-" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 50, 1L << 55), 36);
        SecretSpec secret = new SecretSpec().withName(name).withData(value)
                .withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance(), Labels.ID, files.spec().id().value(), Labels.SECRET, key.value()));
        String id = engine.client().createSecretCmd(secret).exec().getId();
        return new ContainerSpecSecret().withSecretId(id).withSecretName(name)
                .withFile(new ContainerSpecFile().withName(key.value()).withUid("0").withGid("0").withMode(READ_BY_ALL));
    }

    /// The ids of what a service has.
    static List<String> of(Service service) {
        return Optional.ofNullable(service.getSpec().getTaskTemplate().getContainerSpec().getSecrets()).orElse(List.of()).stream()
                .map(ContainerSpecSecret::getSecretId).toList();
    }

    /// One that is gone is fine. What cannot be removed now goes once no service uses it.
    void remove(Collection<String> secrets) {
        for (String secret : secrets) {
            try {
                engine.client().removeSecretCmd(secret).exec();
            } catch (NotFoundException gone) {
                LOG.debug("Secret {} is gone already", secret, gone);
            } catch (DockerException used) {
                LOG.warn("Secret {} could not be removed; the next sweep tries again: {}", secret, SwarmEngine.message(used));
            }
        }
    }

    /// Removes what no service uses, as after a crash.
    ///
    /// @param age younger ones may belong to a service that is being made
    void removeUnused(Duration age) {
        Map<String, String> ours = Map.of(Engine.INSTANCE_LABEL, engine.instance());
        Instant limit = Instant.now().minus(age);
        List<Secret> old = engine.client().listSecretsCmd().withLabelFilter(ours).exec().stream()
                .filter(secret -> secret.getCreatedAt().toInstant().isBefore(limit)).toList();
        if (!old.isEmpty()) {
            Set<String> used = engine.client().listServicesCmd().withLabelFilter(ours).exec().stream()
                    .flatMap(service -> of(service).stream()).collect(Collectors.toSet());
            remove(old.stream().map(Secret::getId).filter(secret -> !used.contains(secret)).toList());
        }
    }
}
