package hokku.core.command;

import hokku.api.AppName;
import java.util.Optional;

/// A command about one app, or about every app when none is named.
///
/// Authorizers are asked about the app that is named, and about none otherwise: what changes every app takes [hokku.api.Access#ADMIN].
abstract class OptionalAppCommand extends AppCommand {
    @Override
    public final Optional<AppName> app() {
        return isNamed() ? super.app() : Optional.empty();
    }
}
