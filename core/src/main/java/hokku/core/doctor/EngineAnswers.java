package hokku.core.doctor;

import com.github.dockerjava.api.model.Info;
import hokku.api.Engine;
import hokku.api.Finding;
import hokku.api.spi.Examination;
import java.util.List;

/// Whether the Docker engine answers, and which one it is. One that does not says itself what to do.
final class EngineAnswers implements Examination {
    private final Engine engine;

    EngineAnswers(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "engine";
    }

    @Override
    public List<Finding> examine() {
        Info info = engine.client().infoCmd().exec();
        Finding well = Finding.well("Docker %s answers, with the storage driver %s; %d containers run".formatted(info.getServerVersion(),
                info.getDriver(), info.getContainersRunning()));
        if ("vfs".equals(info.getDriver())) {
            return List.of(well, Finding.warning("the storage driver vfs copies every image whole, for each container",
                    "Let the engine use overlay2: \"storage-driver\" in /etc/docker/daemon.json; images are then built or pulled anew"));
        }
        return List.of(well);
    }
}
