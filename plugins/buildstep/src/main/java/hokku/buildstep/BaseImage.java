package hokku.buildstep;

import hokku.api.Engine;
import hokku.api.Output;

final class BaseImage {
    private final Engine engine;

    BaseImage(Engine engine) {
        this.engine = engine;
    }

    String id(String name, Output out) {
        return engine.client().inspectImageCmd(name).exec().getId();
    }
}
