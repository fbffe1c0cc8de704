package hokku.swarm.registry;

import hokku.api.App;
import hokku.api.Global;
import hokku.api.spi.Report;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// What `registry:report` tells besides what is set.
final class RegistryReport implements Report {
    private final PushedImages pushed;
    private final OwnRegistry own;

    RegistryReport(PushedImages pushed, OwnRegistry own) {
        this.pushed = pushed;
        this.own = own;
    }

    @Override
    public String group() {
        return RegistrySettings.GROUP;
    }

    @Override
    public SequencedMap<String, String> fields(App app) {
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        fields.put("computed-image-repo", RegistrySettings.path(app));
        fields.put("tag-version", pushed.last(app.id()).map(PushedImage::tag).orElse(""));
        return fields;
    }

    @Override
    public SequencedMap<String, String> globalFields(Global global) throws InterruptedException {
        SequencedMap<String, String> fields = new LinkedHashMap<>();
        Optional<OwnRegistry.State> state = own.state();
        boolean runs = state.isPresent() && state.get().state().equals("running");
        fields.put("own-server", state.map(now -> now.server().host()).orElse(""));
        fields.put("own-state", state.map(OwnRegistry.State::state).orElse("none"));
        fields.put("own-since", runs ? state.get().since().truncatedTo(ChronoUnit.SECONDS).toString() : "");
        fields.put("own-certificate-until", state.map(now -> now.until().truncatedTo(ChronoUnit.SECONDS).toString()).orElse(""));
        fields.put("own-stored", runs ? "%d MB".formatted(own.stored() / 1024) : "");
        return fields;
    }
}
