package hokku.dockerfile;

import hokku.api.App;
import hokku.api.UserError;
import java.util.Optional;

/// Says which way an app is built.
interface BuildChoice {
    ImageBuild of(App app) throws InterruptedException;

    /// The same, for apps that are to trust what the host trusts on images that do.
    default BuildChoice trusting(TrustingBases bases) {
        return app -> app.value(BuildSettings.TRUST).orElse(false) ? bases.under(of(app)) : of(app);
    }

    /// By the setting, and by what the server has.
    static BuildChoice bySetting(Buildx buildx, ImageBuild classic, ImageBuild buildKit) {
        return app -> {
            String wanted = app.value(BuildSettings.BUILDKIT).orElse(BuildSettings.AUTO);
            if (wanted.equals(BuildSettings.OFF)) {
                return classic;
            }
            Optional<String> missing = buildx.missing();
            if (missing.isPresent() && wanted.equals(BuildSettings.ON)) {
                throw new UserError("%s is to be built with BuildKit, but %s.\n%s; or let the engine's classic builder do it:"
                        .formatted(app.name(), missing.get(), Buildx.ADVICE) + " builder-dockerfile:set " + app.name() + " buildkit auto");
            }
            return missing.isPresent() ? classic : buildKit;
        };
    }
}
