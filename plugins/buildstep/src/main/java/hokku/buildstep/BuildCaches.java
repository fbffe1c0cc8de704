package hokku.buildstep;

import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import hokku.api.AppId;
import hokku.api.Engine;
import hokku.api.UserError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What builds leave for the next ones: a volume for each app, named after its id, so that it goes through a rename.
final class BuildCaches {
    static final String ID = "hokku.id";
    private static final String LABEL = "hokku.build-cache";

    private final Engine engine;

    BuildCaches(Engine engine) {
        this.engine = engine;
    }

    /// The name of an app's volume, which is there then.
    String of(AppId app) {
        engine.client().createVolumeCmd().withName(name(app))
                .withLabels(Map.of(Engine.INSTANCE_LABEL, engine.instance(), ID, app.value(), LABEL, "true")).exec();
        return name(app);
    }

    private String name(AppId app) {
        return "hokku-" + engine.instance() + "-cache-" + app.value();
    }

    /// @throws UserError while a build uses it
    void purge(AppId app) {
        try {
            engine.client().removeVolumeCmd(name(app)).exec();
        } catch (NotFoundException none) {
            // It was never built, or was purged.
        } catch (ConflictException used) {
            throw new UserError(UserError.FAILED, "The build cache is in use by a build. Wait for its end, then try again", used);
        }
    }

    /// Removes what builds of servers that have ended left: their containers, and caches of apps that are no more.
    ///
    /// @param apps all that there are
    void removeLeftovers(Set<AppId> apps) {
        removeContainers(Map.of(Engine.INSTANCE_LABEL, engine.instance()));
        for (InspectVolumeResponse volume : caches()) {
            Optional.ofNullable(volume.getLabels().get(ID)).map(AppId::of).filter(id -> !apps.contains(id)).ifPresent(this::purge);
        }
    }

    /// Removes what an earlier server's build of an app left, which could still be at work.
    void removeContainersOf(AppId app) {
        removeContainers(Map.of(Engine.INSTANCE_LABEL, engine.instance(), ID, app.value()));
    }

    private void removeContainers(Map<String, String> labels) {
        for (Container container : engine.client().listContainersCmd().withShowAll(true).withLabelFilter(labels).exec()) {
            if (Workshop.isLeftover(container.getId(), container.getLabels())) {
                engine.client().removeContainerCmd(container.getId()).withForce(true).withRemoveVolumes(true).exec();
            }
        }
    }

    private List<InspectVolumeResponse> caches() {
        List<InspectVolumeResponse> found = engine.client().listVolumesCmd()
                .withFilter("label", List.of(Engine.INSTANCE_LABEL + "=" + engine.instance())).exec().getVolumes();
        return Optional.ofNullable(found).orElse(List.of()).stream().filter(each -> each.getLabels() != null && each.getLabels().containsKey(LABEL)).toList();
    }
}
